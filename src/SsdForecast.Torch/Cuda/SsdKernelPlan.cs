namespace SsdForecast.Torch.Cuda;

/// <summary>How numbers lie in memory and how they are multiplied: the macros <c>STORAGE</c> and <c>FULL</c> of <c>Kernels/tile.cuh</c>.</summary>
internal enum KernelPrecision
{
    /// <summary>bfloat16.</summary>
    BFloat16,

    /// <summary>float16.</summary>
    Float16,

    /// <summary>float32, products in TF32: three decimal digits.</summary>
    TF32,

    /// <summary>float32, products of two TF32 terms each: float32 but for the last bit or two.</summary>
    Float32,
}

/// <summary>The sizes that decide which kernels run and how they are cut.</summary>
/// <param name="Batch">Sequences.</param>
/// <param name="Length">Positions.</param>
/// <param name="Heads">Heads.</param>
/// <param name="HeadDim">Channels of a head, a multiple of 16 up to 128.</param>
/// <param name="Groups">Groups of B and C.</param>
/// <param name="StateSize">State numbers a channel, a multiple of 16 up to 256.</param>
/// <param name="Precision">Storage and products.</param>
internal sealed record SsdProblem(int Batch, int Length, int Heads, int HeadDim, int Groups, int StateSize, KernelPrecision Precision)
{
    public int Storage => Precision switch { KernelPrecision.BFloat16 => 0, KernelPrecision.Float16 => 1, _ => 2 };

    public int ElementSize => Storage == 2 ? 4 : 2;
}

/// <summary>
/// Chooses the variants of the SSD kernels for a problem and a device: sizes of chunks, heads a block, stages of loading, blocks on a multiprocessor. The
/// numbers come from trials on an H200 (docs/results/gpu.md); any choice gives the same answer but for rounding.
/// </summary>
internal sealed class SsdKernelPlan
{
    /// <summary>Positions of a chunk in the forward kernel and of a step in the kernel of states.</summary>
    public const int ForwardChunk = 32;

    private const int Padding = 8;

    /// <summary>Blocks along the second and third dimension of a grid.</summary>
    private const int LargestGrid = 65_535;

    /// <summary>What the system keeps of every block's shared memory, bytes.</summary>
    private const int KeptOfBlock = 1024;

    private readonly SsdProblem _problem;
    private readonly DeviceProperties _device;

    private SsdKernelPlan(SsdProblem problem, DeviceProperties device)
    {
        (_problem, _device) = (problem, device);
        HeadsOfBlock = 1;
        var ofGroup = problem.Heads / problem.Groups;
        while (2 * HeadsOfBlock * problem.HeadDim <= 64 && ofGroup % (2 * HeadsOfBlock) == 0) HeadsOfBlock *= 2;
    }

    /// <summary>Heads that a block of the forward kernel and of the kernel of states has.</summary>
    public int HeadsOfBlock { get; }

    /// <summary>Positions of a chunk in the backward kernel: 64, or 32 where 64 do not fit.</summary>
    public int BackwardChunk { get; private set; }

    /// <summary>The forward kernel.</summary>
    public KernelVariant Forward { get; private set; } = null!;

    /// <summary>The states of segments of the forward kernel, where time is split.</summary>
    public KernelVariant ForwardStates { get; private set; } = null!;

    /// <summary>The states at the chunks of the backward kernel.</summary>
    public KernelVariant BackwardStates { get; private set; } = null!;

    /// <summary>The backward kernel.</summary>
    public KernelVariant Backward { get; private set; } = null!;

    /// <summary>All of them.</summary>
    public IReadOnlyList<KernelVariant> Variants => [Forward, ForwardStates, BackwardStates, Backward];

    /// <summary>Parts that the backward kernel cuts the heads of a group into, each with gradients of B and C of its own.</summary>
    public int Splits { get; private set; }

    /// <summary>Segments of time with chunks of <paramref name="chunk"/>: more than one where batch and heads alone leave processors idle.</summary>
    public int Segments(int chunk)
    {
        var blocks = _problem.Batch * _problem.Heads / HeadsOfBlock;
        var chunks = Chunks(chunk);
        return blocks >= _device.Processors ? 1 : Math.Clamp(chunks * chunk / 512, 1, (2 * _device.Processors) / blocks);
    }

    /// <summary>Chunks of a sequence.</summary>
    public int Chunks(int chunk) => (_problem.Length + chunk - 1) / chunk;

    /// <summary>The plan, or null where the kernels do not fit the problem on the device.</summary>
    public static SsdKernelPlan? For(SsdProblem problem, DeviceProperties device)
    {
        if (device.Architecture < Driver.OldestArchitecture || problem.HeadDim % 16 != 0 || problem.StateSize % 16 != 0
            || problem.HeadDim is < 16 or > 128 || problem.StateSize is < 16 or > 256
            || (long)problem.Batch * problem.Groups > LargestGrid || problem.Length / 32 >= LargestGrid) return null;
        var plan = new SsdKernelPlan(problem, device);
        return plan.Choose() ? plan : null;
    }

    private bool Choose()
    {
        var (p, n) = (_problem.HeadDim, _problem.StateSize);
        var half = _problem.ElementSize == 2;
        var rows = HeadsOfBlock * p;

        // Two blocks of 16 channels a warp read shared memory half as often; it pays where there are blocks enough for short sequences.
        var block = half && _problem.Length <= 64 && p % 32 == 0 && n <= 64 ? 2 : 1;
        var threads = 2 * rows / block;
        var few = _problem.Batch * _problem.Heads / HeadsOfBlock <= 2 * _device.Processors;
        int Resident(int atN64, int atN128, int threadsOfBlock) => Math.Max(1, (!half ? 2 : n <= 64 ? atN64 : n <= 128 ? atN128 : 2) * 128 / threadsOfBlock);

        int ForwardMemory(int stages)
        {
            var warpsOfHead = p / (16 * block);
            var ring = (warpsOfHead == 1 ? 2 : warpsOfHead) + 2;
            return (stages * ForwardChunk * ((2 * (n + Padding)) + rows + Padding) * _problem.ElementSize)
                + (2 * HeadsOfBlock * ForwardChunk * (ForwardChunk + Padding) * _problem.ElementSize)
                + (ring * HeadsOfBlock * StepsSize(ForwardChunk, backward: false));
        }
        // Where blocks are few, loads must come early; where they are many, others run meanwhile.
        var scarce = _problem.Batch * _problem.Heads / HeadsOfBlock <= 3 * _device.Processors;
        var forwardStages = scarce && _problem.Length > 64 && Fits(ForwardMemory(3), 1) ? 3 : 2;
        if (!Fits(ForwardMemory(forwardStages), 1)) return false;
        var forwardResident = Reside(block == 2 ? Resident(3, 2, threads) : few ? Resident(2, 3, threads) : Resident(4, 3, threads), ForwardMemory(forwardStages));
        Forward = Variant("ssd_forward", ForwardMemory(forwardStages), ("Q", ForwardChunk), ("HEADS", HeadsOfBlock), ("STAGES", forwardStages), ("BLOCKS", forwardResident), ("BLOCK", block));

        int StatesMemory(int stages) => (stages * ForwardChunk * (n + Padding + rows + Padding) * _problem.ElementSize)
            + (rows * (n + Padding) * _problem.ElementSize)
            + (2 * (p / 16) * HeadsOfBlock * StepsSize(ForwardChunk, backward: false));
        var statesStages = Fits(StatesMemory(3), 1) ? 3 : 2;
        if (!Fits(StatesMemory(statesStages), 1)) return false;
        var statesResident = Reside(Resident(4, 3, 2 * rows), StatesMemory(statesStages));
        KernelVariant States(int every) => Variant("ssd_states", StatesMemory(statesStages), ("Q", ForwardChunk), ("EVERY", every), ("HEADS", HeadsOfBlock), ("STAGES", statesStages), ("BLOCKS", statesResident));

        if (!ChooseBackward()) return false;
        ForwardStates = States(1);
        BackwardStates = States(BackwardChunk / ForwardChunk);
        var blocks = _problem.Batch * _problem.Groups * Chunks(BackwardChunk);
        Splits = Math.Clamp(2 * _device.Processors / blocks, 1, _problem.Heads / _problem.Groups);
        return true;
    }

    private bool ChooseBackward()
    {
        var (p, n) = (_problem.HeadDim, _problem.StateSize);
        const int Columns = 2;
        int Memory(int chunk, int stages)
        {
            var warps = chunk / 16 * Columns;
            var batch = warps >= 8 ? 4 : warps / 2;
            var parts = Aligned(4 * (((((3 * Columns) + (chunk / 16) + 2) * chunk)) + warps));
            return (((2 * chunk * (n + Padding)) + (stages * ((2 * chunk * (p + Padding)) + (2 * p * (n + Padding)))) + (chunk * (chunk + Padding))) * _problem.ElementSize)
                + (2 * batch * StepsSize(chunk, backward: true)) + (batch * parts);
        }
        var small = _problem.ElementSize == 2 && n <= 64 && p <= 64;
        foreach (var chunk in n <= 128 ? (int[])[64, 32] : [32])
            foreach (var (stages, resident) in small ? ((int, int)[])[(2, 2), (1, 2), (2, 1), (1, 1)] : [(2, 1), (1, 1)])
                if (Fits(Memory(chunk, stages), resident))
                {
                    BackwardChunk = chunk;
                    Backward = Variant("ssd_backward", Memory(chunk, stages), ("Q", chunk), ("COLS", Columns), ("STAGES", stages), ("BLOCKS", resident));
                    return true;
                }
        return false;
    }

    private KernelVariant Variant(string file, int sharedMemory, params ReadOnlySpan<(string Name, int Value)> macros)
    {
        var all = new Dictionary<string, int>
        {
            ["STORAGE"] = _problem.Storage,
            ["FULL"] = _problem.Precision == KernelPrecision.Float32 ? 1 : 0,
            ["P"] = _problem.HeadDim,
            ["N"] = _problem.StateSize,
        };
        foreach (var (name, value) in macros) all[name] = value;
        return new KernelVariant(file, all, sharedMemory);
    }

    private bool Fits(int sharedMemory, int blocks) => sharedMemory <= _device.SharedMemoryOfBlock && blocks * (sharedMemory + KeptOfBlock) <= _device.SharedMemory;

    private int Reside(int blocks, int sharedMemory) => Math.Clamp(_device.SharedMemory / (sharedMemory + KeptOfBlock), 1, blocks);

    /// <summary>Bytes of <c>struct Steps</c> in <c>Kernels/operands.cuh</c>.</summary>
    private static int StepsSize(int chunk, bool backward) => Aligned(4 + (4 * chunk * (backward ? 9 + (chunk / 16) : 6)));

    private static int Aligned(int bytes) => (bytes + 15) / 16 * 16;
}
