using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SsdForecast.Torch.Cuda.Blocks;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Cuda.Steps;

/// <summary>Many gradients into one flat buffer of float32 in one launch, whatever their number.</summary>
internal static class GradientGather
{
    /// <summary>Gradients of a launch: a kernel's arguments may take 4 KiB.</summary>
    private const int MostParts = 120;

    private const int NumbersOfBlock = 4096;

    private static readonly ConcurrentDictionary<(int Device, ScalarType Narrow), Kernel> Kernels = new();

    /// <summary>Whether the kernel runs where a buffer is.</summary>
    public static bool Applies(Tensor buffer) => buffer.dtype == ScalarType.Float32 && BlockKernels.Apply(buffer, buffer);

    /// <summary>The variant for gradients of float32 and one shorter type.</summary>
    public static KernelVariant Variant(ScalarType narrow) => BlockKernels.Variant("gather_gradients", narrow);

    /// <summary>Queues the copies.</summary>
    /// <param name="buffer">The flat buffer.</param>
    /// <param name="parts">Gradients, dense, of float32 or of one shorter type, or null for zeros; with place and length in the buffer. They must live until this returns.</param>
    public static void Run(Tensor buffer, IReadOnlyList<(Tensor? Gradient, long Place, long Length)> parts)
    {
        var device = Math.Max(0, buffer.device.index);
        var to = DeviceMemory.Address(buffer);
        for (var first = 0; first < parts.Count; first += MostParts)
        {
            var o = new Operands { To = to, Parts = Math.Min(MostParts, parts.Count - first) };
            var (blocks, narrow) = (0, ScalarType.BFloat16);
            for (var i = 0; i < o.Parts; i++)
            {
                var (gradient, place, length) = parts[first + i];
                var type = gradient?.dtype ?? ScalarType.Float32;
                if (type != ScalarType.Float32) narrow = type;
                o.Part[i] = new Part { From = DeviceMemory.Address(gradient), To = place, Length = length, Block = blocks, IsNarrow = type == ScalarType.Float32 ? 0 : 1 };
                blocks += (int)((length + NumbersOfBlock - 1) / NumbersOfBlock);
            }
            Kernels.GetOrAdd((device, narrow), key => Kernel.Get(key.Device, Variant(key.Narrow))).Launch((blocks, 1, 1), o);
        }
        GC.KeepAlive(parts);
    }

    /// <summary><c>struct Part</c> of the kernel's file.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Part
    {
        public nint From;
        public long To, Length;
        public int Block, IsNarrow;
    }

    [InlineArray(MostParts)]
    internal struct PartList
    {
        private Part _first;
    }

    /// <summary>The argument of the kernel, field for field.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Operands
    {
        public nint To;
        public int Parts, Unused;
        public PartList Part;
    }
}
