using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using SsdForecast.Torch.Cuda.Blocks;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Cuda.Steps;

/// <summary>The argument of <c>Kernels/adamw.cu</c>, field for field.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AdamWOperands
{
    public nint Values, First, Second;
    public nint Gradients;
    public nint Partial, Loss;
    public nint Rounded;
    public long Length, Trained, Decayed, Plain;
    public long RoundedStart, RoundedEnd;
    public float Largest, LeastWeight, Decay, Rate, SkipRate, Root;
    public int Blocks, Unused;
}

/// <summary>A step of AdamW with clipped gradients over flat buffers, in two launches.</summary>
internal static class FusedAdamW
{
    private const int NumbersOfBlock = 1024;

    private static readonly ConcurrentDictionary<(int Device, ScalarType Rounded), (Kernel Norm, Kernel Step)> Kernels = new();

    /// <summary>Whether the kernels run where the values are.</summary>
    public static bool Applies(Tensor values) => BlockKernels.Apply(values, values);

    /// <summary>The variant for a type of the rounded copies; any where there are none.</summary>
    public static KernelVariant Variant(ScalarType rounded) => BlockKernels.Variant("adamw", rounded);

    /// <summary>Queues a step.</summary>
    /// <param name="operands">All but the memory of the sums; lengths are multiples of 4, and addresses of 16 bytes.</param>
    /// <param name="like">A tensor on the device.</param>
    /// <param name="rounded">Type of the rounded copies; any where there are none.</param>
    /// <returns>The mean loss, a scalar on the device.</returns>
    public static Tensor Step(AdamWOperands operands, Tensor like, ScalarType rounded)
    {
        var device = Math.Max(0, like.device.index);
        var (norm, step) = Kernels.GetOrAdd((device, rounded), key => (Kernel.Get(key.Device, Variant(key.Rounded), "gradient_norm"), Kernel.Get(key.Device, Variant(key.Rounded))));
        operands.Blocks = (int)Math.Clamp((operands.Length + NumbersOfBlock - 1) / NumbersOfBlock, 1, 4L * Driver.Devices[device].Processors);
        var loss = BlockKernels.Floats(like);
        using var partial = BlockKernels.Floats(like, operands.Blocks);
        (operands.Partial, operands.Loss) = (DeviceMemory.Address(partial), DeviceMemory.Address(loss));
        norm.Launch((operands.Blocks, 1, 1), operands);
        step.Launch((operands.Blocks, 1, 1), operands);
        return loss;
    }
}
