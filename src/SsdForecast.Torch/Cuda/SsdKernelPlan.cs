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
    /// <summary>Positions of a step in the kernel of states, and of a chunk in the forward kernel without warpgroups.</summary>
    private const int Step = 32;

    private const int Padding = 8;

    /// <summary>Blocks along the second and third dimension of a grid.</summary>
    private const int LargestGrid = 65_535;

    /// <summary>64 rows of 64 numbers of two bytes, as <c>Kernels/wgmma.cuh</c> lays them out.</summary>
    private const int WarpgroupTile = 64 * 128;

    /// <summary>Bytes of <c>struct Decays</c> in <c>Kernels/decays.cuh</c>, without what it has for gradients: two numbers a position.</summary>
    private const int DecaysSize = (4 * 64 * 8) + 16;

    private const string ByWarpgroups = "ssd_backward_wgmma";

    /// <summary>What the system keeps of every block's shared memory, bytes.</summary>
    private const int KeptOfBlock = 1024;

    private readonly SsdProblem _problem;
    private readonly DeviceProperties _device;
    private readonly bool _warpgroups;

    private SsdKernelPlan(SsdProblem problem, DeviceProperties device, bool warpgroups)
    {
        (_problem, _device, _warpgroups) = (problem, device, warpgroups);
        HeadsOfBlock = 1;
        var ofGroup = problem.Heads / problem.Groups;
        while (2 * HeadsOfBlock * problem.HeadDim <= 64 && ofGroup % (2 * HeadsOfBlock) == 0) HeadsOfBlock *= 2;
    }

    /// <summary>Heads that a block of the forward kernel and of the kernel of states has.</summary>
    public int HeadsOfBlock { get; }

    /// <summary>Positions of a chunk in the backward kernel: 64, or 32 where 64 do not fit.</summary>
    public int BackwardChunk { get; private set; }

    /// <summary>Positions of a chunk in the forward kernel.</summary>
    public int ForwardChunk { get; private set; } = Step;

    /// <summary>Segments of time of the forward kernel.</summary>
    public int ForwardSegments { get; private set; }

    /// <summary>The forward kernel.</summary>
    public KernelVariant Forward { get; private set; } = null!;

    /// <summary>The states of segments of the forward kernel, where time is split.</summary>
    public KernelVariant ForwardStates { get; private set; } = null!;

    /// <summary>The states at the chunks of the backward kernel, and of segments of time.</summary>
    public KernelVariant BackwardStates { get; private set; } = null!;

    /// <summary>The states at the chunks of the backward kernel, where time is split from those before each segment: <see cref="BackwardStates"/> or the kernel by warpgroups.</summary>
    public KernelVariant BoundaryStates { get; private set; } = null!;

    /// <summary>The backward kernel.</summary>
    public KernelVariant Backward { get; private set; } = null!;

    /// <summary>All of them.</summary>
    public IReadOnlyList<KernelVariant> Variants => [Forward, ForwardStates, BackwardStates, BoundaryStates, Backward];

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

    /// <summary>The grid of the forward kernel: a block for some heads of a sequence, or as many blocks as the device holds, which share out the work.</summary>
    /// <param name="segments">Segments of time.</param>
    public (int X, int Y, int Z) ForwardGrid(int segments) => Forward.Macros.TryGetValue("GROUPS", out var groups)
        ? ((int)Math.Min(Tasks(groups) * segments, _device.Processors * Forward.Macros["BLOCKS"]), 1, 1)
        : (_problem.Heads / HeadsOfBlock, _problem.Batch, segments);

    /// <summary>The grid of the states at the chunks of the backward kernel, both directions of time.</summary>
    /// <param name="segments">Segments of time.</param>
    public (int X, int Y, int Z) BoundaryGrid(int segments)
        => (_problem.Heads / (BoundaryStates.Macros.TryGetValue("GROUPS", out var groups) ? 64 * groups / _problem.HeadDim : HeadsOfBlock), _problem.Batch, 2 * segments);

    /// <summary>The grid of the backward kernel: a block for a chunk of a group, or as many blocks as the device holds, which share out the work.</summary>
    public (int X, int Y, int Z) BackwardGrid => Backward.File == ByWarpgroups
        ? ((int)Math.Min((long)Splits * _problem.Batch * _problem.Groups * Chunks(BackwardChunk), _device.Processors), 1, 1)
        : (Splits, _problem.Batch * _problem.Groups, Chunks(BackwardChunk));

    /// <summary>The plan, or null where the kernels do not fit the problem on the device.</summary>
    /// <param name="problem">The sizes.</param>
    /// <param name="device">The device.</param>
    /// <param name="warpgroups">Whether products by warpgroups compile for it (<see cref="KernelCompiler.HasWarpgroupProducts"/>).</param>
    public static SsdKernelPlan? For(SsdProblem problem, DeviceProperties device, bool warpgroups = false)
    {
        if (device.Architecture < Driver.OldestArchitecture || problem.HeadDim % 16 != 0 || problem.StateSize % 16 != 0
            || problem.HeadDim is < 16 or > 128 || problem.StateSize is < 16 or > 256
            || (long)problem.Batch * problem.Groups > LargestGrid || problem.Length / 32 >= LargestGrid) return null;
        var plan = new SsdKernelPlan(problem, device, warpgroups);
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
            return (stages * Step * ((2 * (n + Padding)) + rows + Padding) * _problem.ElementSize)
                + (2 * HeadsOfBlock * Step * (Step + Padding) * _problem.ElementSize)
                + (ring * HeadsOfBlock * StepsSize(Step, backward: false));
        }
        // Where blocks are few, loads must come early; where they are many, others run meanwhile.
        var scarce = _problem.Batch * _problem.Heads / HeadsOfBlock <= 3 * _device.Processors;
        var forwardStages = scarce && _problem.Length > 64 && Fits(ForwardMemory(3), 1) ? 3 : 2;
        if (!Fits(ForwardMemory(forwardStages), 1)) return false;
        var forwardResident = Reside(block == 2 ? Resident(3, 2, threads) : few ? Resident(2, 3, threads) : Resident(4, 3, threads), ForwardMemory(forwardStages));
        ForwardSegments = Segments(Step);
        Forward = Variant("ssd_forward", ForwardMemory(forwardStages), ("Q", Step), ("HEADS", HeadsOfBlock), ("STAGES", forwardStages), ("BLOCKS", forwardResident), ("BLOCK", block));
        ChooseForwardByWarpgroups();

        int StatesMemory(int stages) => (stages * Step * (n + Padding + rows + Padding) * _problem.ElementSize)
            + (rows * (n + Padding) * _problem.ElementSize)
            + (2 * (p / 16) * HeadsOfBlock * StepsSize(Step, backward: false));
        var statesStages = Fits(StatesMemory(3), 1) ? 3 : 2;
        if (!Fits(StatesMemory(statesStages), 1)) return false;
        var statesResident = Reside(Resident(4, 3, 2 * rows), StatesMemory(statesStages));
        KernelVariant States(int every) => Variant("ssd_states", StatesMemory(statesStages), ("Q", Step), ("EVERY", every), ("HEADS", HeadsOfBlock), ("STAGES", statesStages), ("BLOCKS", statesResident));

        if (!ChooseBackward()) return false;
        ForwardStates = States(ForwardChunk / Step);
        BoundaryStates = BackwardStates = States(BackwardChunk / Step);
        var blocks = _problem.Batch * _problem.Groups * Chunks(BackwardChunk);
        Splits = Math.Clamp(2 * _device.Processors / blocks, 1, _problem.Heads / _problem.Groups);
        ChooseBackwardByWarpgroups();
        return true;
    }

    /// <summary>
    /// Takes the backward kernels of products by warpgroups where the sizes suit them and there are several chunks: one chunk has no states, and of the other
    /// kernel two blocks run at a time. Heads of 32 channels are computed in pairs, by twice the warps, for most of their work is that of positions with positions.
    /// </summary>
    private void ChooseBackwardByWarpgroups()
    {
        const int Chunk = 64, Stages = 2, Units = 3;
        var (p, n, ofGroup) = (_problem.HeadDim, _problem.StateSize, _problem.Heads / _problem.Groups);
        if (!_warpgroups || _problem.ElementSize != 2 || p is not (32 or 64) || n is not (64 or 128) || BackwardChunk != Chunk || Chunks(Chunk) == 1 || ofGroup % (64 / p) != 0) return;
        var (heads, parts, columns) = (64 / p, n / 64, p == 64 ? 2 : 4);
        const int Place = 32;             // struct Place
        var ofHead = DecaysSize + (2 * 4 * Chunk) + Place + (4 * ((Chunk * (columns + (p * columns / 64) + 6)) + (p * columns / 2)));
        var memory = (((4 * parts) + (Stages * (2 + (2 * parts))) + (2 * heads)) * WarpgroupTile) + (Units * heads * ofHead) + 1024;
        // Warpgroups that share B and C, and blocks on a multiprocessor: those of 64 numbers of a state keep half the registers.
        var (groups, stages, resident) = n > 64 ? (1, 2, 3) : ofGroup * p % 128 == 0 ? (2, 3, 2) : (1, 2, 4);
        var statesMemory = (stages * (parts + groups) * WarpgroupTile) + (4 * groups * 2048) + (2 * p / 16 * (64 * groups / p) * 272) + 1024;
        if (!Fits(memory, 1) || !Fits(statesMemory, resident)) return;
        Backward = Variant(ByWarpgroups, memory, ("Q", Chunk), ("COLS", columns), ("STAGES", Stages), ("BLOCKS", 1));
        BoundaryStates = Variant("ssd_states_wgmma", statesMemory, ("Q", Chunk), ("GROUPS", groups), ("STAGES", stages), ("BLOCKS", resident));
        // Whole units of 64 channels in each part.
        var units = ofGroup / heads;
        while (units % Splits != 0) Splits--;
    }

    /// <summary>
    /// Takes the forward kernel of products by warpgroups where the sizes suit it: as many warpgroups a block, or one in each of two blocks, as leave the busiest
    /// multiprocessor the least to do. Warpgroups of a block read B and C once.
    /// </summary>
    private void ChooseForwardByWarpgroups()
    {
        const int Chunk = 64;
        var (p, n) = (_problem.HeadDim, _problem.StateSize);
        if (!_warpgroups || _problem.ElementSize != 2 || (64 % p != 0 && p != 128) || n is not (16 or 32 or 64 or 96 or 128)
            || _problem.Heads / _problem.Groups % Math.Max(1, 64 / p) != 0) return;
        int Memory(int groups, int stages)
        {
            var heads = 64 * groups / p;
            var tiles = (stages * ((2 * ((n + 63) / 64)) + groups)) + (groups * Math.Max(1, 64 / p));
            return ((tiles * WarpgroupTile) + (stages * ((heads * DecaysSize) + 16)) + 1023) / 1024 * 1024;
        }
        // A third stage only where it leaves a quarter of the memory to the cache: step sizes come through it.
        int Stages(int groups, int resident) => 4 * resident * Memory(groups, 3) <= 3 * _device.SharedMemory ? 3 : 2;
        var least = double.PositiveInfinity;
        foreach (var (groups, resident) in ((int, int)[])[(2, 1), (3, 1), (1, 2)])
        {
            // A head of 128 channels takes two warpgroups; the registers of three do not hold several heads each.
            if (groups * 64 % p != 0 || (groups == 3 && p < 64)) continue;
            var memory = Memory(groups, Stages(groups, resident));
            if (!Fits(memory, resident)) continue;
            var (tasks, places) = (Tasks(groups), _device.Processors * resident);
            // Splitting time costs two launches and one more pass: half as much time again is no gain.
            var segments = (int)Math.Min(_problem.Length / 512, places / tasks);
            if (segments < 3) segments = 1;
            var (all, rounds) = (tasks * segments, Math.Ceiling((double)tasks * segments / places));
            var load = rounds * Math.Ceiling(Math.Min(all, places) / (double)_device.Processors) * groups / segments;
            if (load >= least) continue;
            (least, ForwardChunk, ForwardSegments) = (load, Chunk, segments);
            Forward = Variant("ssd_forward_wgmma", memory, ("Q", Chunk), ("GROUPS", groups), ("STAGES", Stages(groups, resident)), ("BLOCKS", resident));
        }
    }

    /// <summary>What blocks of the forward kernel of <paramref name="groups"/> warpgroups share out, in one segment of time.</summary>
    private long Tasks(int groups)
    {
        var (ofGroup, ofBlock) = (_problem.Heads / _problem.Groups, 64 * groups / _problem.HeadDim);
        return (long)((ofGroup + ofBlock - 1) / ofBlock) * _problem.Groups * _problem.Batch;
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
        // Where states are small, a third of the registers do; it pays where there are blocks for it.
        var smallest = small && n <= 32 && (long)_problem.Batch * _problem.Groups * Chunks(64) > 2L * _device.Processors;
        foreach (var chunk in n <= 128 ? (int[])[64, 32] : [32])
            foreach (var (stages, resident) in ((int, int)[])[.. smallest ? new[] { (2, 3) } : [], .. small ? new[] { (2, 2), (1, 2) } : [], (2, 1), (1, 1)])
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
