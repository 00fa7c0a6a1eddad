using System.Collections.Concurrent;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Cuda.Blocks;

/// <summary>
/// Kernels of a block beside the SSD operator, forward and backward, on one device. They pass over memory once; gradients of small parameters are partial sums of
/// blocks, added by <c>column_sums.cu</c> in a fixed order.
/// </summary>
internal sealed class BlockKernels
{
    /// <summary>Threads of a block of each of these kernels.</summary>
    public const int Threads = 256;

    /// <summary>Rows that a block has at a time, one a warp.</summary>
    public const int Rows = Threads / 32;

    private static readonly ConcurrentDictionary<(int Device, object Problem), BlockKernels> Known = new();

    private readonly int _device;
    private readonly Lazy<Kernel> _forward;
    private readonly Lazy<Kernel> _backward;
    private readonly Lazy<Kernel> _sums;

    private BlockKernels(int device, KernelVariant forward, KernelVariant backward)
    {
        _device = device;
        (ForwardLane, BackwardLane) = (forward.Macros.GetValueOrDefault("LANE"), backward.Macros.GetValueOrDefault("LANE"));
        _forward = new(() => Kernel.Get(device, forward));
        _backward = new(() => Kernel.Get(device, backward));
        _sums = new(() => Kernel.Get(device, Sums));
    }

    /// <summary>The variant that adds up partial sums; there is one.</summary>
    public static KernelVariant Sums { get; } = new("column_sums", new Dictionary<string, int>(), 0);

    /// <summary>Streaming multiprocessors of the device.</summary>
    public int Processors => Driver.Devices[_device].Processors;

    /// <summary>Neighbouring columns of a thread, where the file has the macro <c>LANE</c>.</summary>
    public int ForwardLane { get; }

    /// <inheritdoc cref="ForwardLane"/>
    public int BackwardLane { get; }

    public Kernel Forward => _forward.Value;

    public Kernel Backward => _backward.Value;

    /// <summary>Whether the kernels run on a tensor's device and in its dtype, with parameters of float32.</summary>
    public static bool Apply(Tensor input, Tensor parameter)
        => input.device.type == DeviceType.CUDA
            && input.dtype is ScalarType.BFloat16 or ScalarType.Float16 or ScalarType.Float32
            && parameter.dtype == ScalarType.Float32
            && input.numel() > 0
            && Driver.IsAvailable && KernelCompiler.IsAvailable
            && Driver.Devices[Index(input)].Architecture >= Driver.OldestArchitecture;

    /// <summary>The kernels of a problem, compiled at their first launch.</summary>
    /// <param name="like">A tensor on the device.</param>
    /// <param name="problem">What the variants hang on; a record.</param>
    /// <param name="variants">The variants forward and backward.</param>
    public static BlockKernels Of<T>(Tensor like, T problem, Func<T, (KernelVariant Forward, KernelVariant Backward)> variants)
        where T : class
        => Known.GetOrAdd((Index(like), problem), key =>
        {
            var (forward, backward) = variants((T)key.Problem);
            return new BlockKernels(key.Device, forward, backward);
        });

    /// <summary>Blocks over rows, a warp a row: enough to fill the device some times over.</summary>
    public int BlocksOver(long rows, int aProcessor) => (int)Math.Min((rows + Rows - 1) / Rows, (long)aProcessor * Processors);

    /// <summary>Adds up partial sums, <c>(blocks, columns)</c>.</summary>
    public void Add(ColumnSums sums) => _sums.Value.Launch(((sums.Columns + 31) / 32, 1, 1), sums);

    /// <summary><c>STORAGE</c> of <c>Kernels/tile.cuh</c>.</summary>
    public static int Storage(ScalarType type) => type switch { ScalarType.BFloat16 => 0, ScalarType.Float16 => 1, _ => 2 };

    /// <summary>Numbers in 16 bytes.</summary>
    public static int Widest(ScalarType type) => type == ScalarType.Float32 ? 4 : 8;

    /// <summary>Neighbouring columns a thread takes: the most, up to a limit, that divide all of these sizes.</summary>
    public static int Lane(int most, params ReadOnlySpan<long> sizes)
    {
        var lane = most;
        foreach (var size in sizes)
            while (size % lane != 0) lane /= 2;
        return lane;
    }

    public static KernelVariant Variant(string file, ScalarType type, params ReadOnlySpan<(string Name, int Value)> macros)
    {
        var all = new Dictionary<string, int> { ["STORAGE"] = Storage(type), ["FULL"] = 0 };
        foreach (var (name, value) in macros) all[name] = value;
        return new KernelVariant(file, all, 0);
    }

    /// <summary>A gradient as the kernels read it; null where there is none.</summary>
    public static Tensor? Dense(Tensor? gradient) => gradient is { IsInvalid: false } given ? given.contiguous() : null;

    public static Tensor Floats(Tensor like, params long[] shape) => empty(shape, dtype: ScalarType.Float32, device: like.device);

    private static int Index(Tensor t) => Math.Max(0, t.device.index);
}
