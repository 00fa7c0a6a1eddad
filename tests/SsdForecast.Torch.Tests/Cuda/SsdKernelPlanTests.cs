using FsCheck;
using FsCheck.Fluent;
using SsdForecast.Torch.Cuda;

namespace SsdForecast.Torch.Tests.Cuda;

/// <summary>What the plan promises the kernels, for any problem on any device.</summary>
public class SsdKernelPlanTests
{
    private static readonly DeviceProperties H200 = new(0, "H200", 90, 132, 233_472, 232_448);
    private static readonly DeviceProperties A100 = new(0, "A100", 80, 108, 167_936, 166_912);

    /// <summary>The largest consumer device of its generation has less shared memory.</summary>
    private static readonly DeviceProperties Consumer = new(0, "8.6", 86, 84, 102_400, 101_376);

    private static Arbitrary<(SsdProblem Problem, DeviceProperties Device, bool Warpgroups)> Any { get; } = (
        from batch in Gen.Choose(1, 4096)
        from length in Gen.OneOf(Gen.Choose(1, 200), Gen.Choose(200, 100_000))
        from groups in Gen.Elements(1, 2, 4)
        from perGroup in Gen.Elements(1, 2, 3, 4, 8, 20)
        from headDim in Gen.Choose(1, 8)
        from stateSize in Gen.Choose(1, 16)
        from precision in Gen.Elements(Enum.GetValues<KernelPrecision>())
        from device in Gen.Elements(H200, A100, Consumer)
        from warpgroups in Gen.Elements(true, false)
        select (new SsdProblem(batch, length, groups * perGroup, 16 * headDim, groups, 16 * stateSize, precision), device, warpgroups && device == H200)).ToArbitrary();

    /// <summary>So that the tests on a GPU come to both.</summary>
    [Theory]
    [InlineData((int)KernelPrecision.Float32, 128, 128, 32)]
    [InlineData((int)KernelPrecision.Float32, 64, 192, 32)]
    [InlineData((int)KernelPrecision.Float32, 64, 96, 64)]
    [InlineData((int)KernelPrecision.BFloat16, 64, 128, 64)]
    public void Chunks_of_the_backward_kernel_are_shorter_for_wide_states(int precision, int headDim, int stateSize, int chunk)
        => Assert.Equal(chunk, SsdKernelPlan.For(new SsdProblem(2, 70, 4, headDim, 1, stateSize, (KernelPrecision)precision), H200)?.BackwardChunk);

    [Theory]
    [InlineData(16, 16, 400, 3)]
    [InlineData(16, 32, 400, 3)]
    [InlineData(16, 32, 200, 2)]
    [InlineData(16, 64, 400, 2)]
    public void Three_blocks_of_small_states_share_a_multiprocessor_where_there_are_blocks_for_it(int headDim, int stateSize, int batch, int blocks)
        => Assert.Equal(blocks, SsdKernelPlan.For(new SsdProblem(batch, 42, 2, headDim, 1, stateSize, KernelPrecision.BFloat16), H200)!.Backward.Macros["BLOCKS"]);

    [Fact]
    public void Blocks_fit_the_device_and_hold_whole_heads_of_one_group()
        => Prop.ForAll(Any, sample =>
        {
            var (problem, device, warpgroups) = sample;
            if (SsdKernelPlan.For(problem, device, warpgroups) is not { } plan) return problem.HeadDim > 64 || problem.StateSize > 64 || device == Consumer;
            var perGroup = problem.Heads / problem.Groups;
            return plan.Variants.All(v => v.SharedMemory <= device.SharedMemoryOfBlock && v.Macros["BLOCKS"] * (v.SharedMemory + 1024) <= device.SharedMemory)
                && perGroup % plan.HeadsOfBlock == 0
                && plan.Splits >= 1 && plan.Splits <= perGroup
                && plan.Segments(32) >= 1 && plan.Segments(32) <= plan.Chunks(32)
                && plan.BackwardChunk is 32 or 64
                && plan.BackwardStates.Macros["EVERY"] * 32 == plan.BackwardChunk
                && plan.BoundaryGrid(1) is { X: >= 1, Z: 2 } && plan.BackwardGrid.X >= 1
                && (plan.Backward.File == "ssd_backward" || WholeUnits(problem, plan))
                && plan.ForwardStates.Macros["EVERY"] * 32 == plan.ForwardChunk && plan.Forward.Macros["Q"] == plan.ForwardChunk
                && plan.ForwardSegments >= 1 && plan.ForwardSegments <= plan.Chunks(plan.ForwardChunk);
        }).QuickCheckThrowOnFailure();

    /// <summary>The backward kernels by warpgroups take 64 channels at a time, and their blocks divide the work without a rest.</summary>
    private static bool WholeUnits(SsdProblem problem, SsdKernelPlan plan)
    {
        var channels = problem.Heads / problem.Groups * problem.HeadDim;
        return channels % (64 * plan.Splits) == 0
            && channels % (64 * plan.BoundaryStates.Macros["GROUPS"]) == 0
            && plan.BoundaryGrid(1).X * 64 * plan.BoundaryStates.Macros["GROUPS"] == problem.Heads * problem.HeadDim
            && plan.BackwardGrid.X <= (long)problem.Batch * problem.Groups * plan.Chunks(64) * plan.Splits;
    }

    [Fact]
    public void An_older_device_an_odd_size_or_too_large_a_state_is_left_to_torchs_operators()
    {
        var problem = new SsdProblem(2, 64, 4, 64, 1, 64, KernelPrecision.BFloat16);
        Assert.NotNull(SsdKernelPlan.For(problem, H200));
        Assert.Null(SsdKernelPlan.For(problem, H200 with { Architecture = 75 }));
        Assert.Null(SsdKernelPlan.For(problem with { HeadDim = 24 }, H200));
        Assert.Null(SsdKernelPlan.For(problem with { StateSize = 272 }, H200));
        Assert.Null(SsdKernelPlan.For(problem with { Batch = 70_000 }, H200));
    }

    [Fact]
    public void Time_is_split_only_where_batch_and_heads_leave_processors_idle()
    {
        var small = new SsdProblem(1, 16_384, 4, 64, 1, 64, KernelPrecision.BFloat16);
        Assert.True(SsdKernelPlan.For(small, H200)!.Segments(64) > 8);
        Assert.Equal(1, SsdKernelPlan.For(small with { Batch = 64 }, H200)!.Segments(64));
        Assert.Equal(1, SsdKernelPlan.For(small with { Length = 100 }, H200)!.Segments(64));
    }

    [Fact]
    public void Products_by_warpgroups_are_taken_where_device_compiler_and_sizes_allow_them()
    {
        var problem = new SsdProblem(4, 4096, 80, 64, 1, 128, KernelPrecision.BFloat16);
        string File(SsdProblem problem, bool warpgroups) => SsdKernelPlan.For(problem, H200, warpgroups)!.Forward.File;
        Assert.Equal("ssd_forward_wgmma", File(problem, true));
        Assert.Equal("ssd_forward", File(problem, false));
        Assert.Equal("ssd_forward", File(problem with { Precision = KernelPrecision.TF32 }, true));
        Assert.Equal("ssd_forward", File(problem with { HeadDim = 48 }, true));
        Assert.Equal("ssd_forward", File(problem with { StateSize = 256 }, true));
        // Three heads of 32 channels a group do not fill warpgroups of 64.
        Assert.Equal("ssd_forward", File(problem with { HeadDim = 32, Heads = 6, Groups = 2 }, true));
    }

    [Fact]
    public void The_backward_kernels_by_warpgroups_are_taken_for_several_chunks_of_whole_units()
    {
        var problem = new SsdProblem(4, 4096, 80, 64, 1, 128, KernelPrecision.BFloat16);
        (string, string) Files(SsdProblem problem, bool warpgroups) => SsdKernelPlan.For(problem, H200, warpgroups) is { } plan ? (plan.BoundaryStates.File, plan.Backward.File) : default;
        (string, string) byWarpgroups = ("ssd_states_wgmma", "ssd_backward_wgmma"), others = ("ssd_states", "ssd_backward");
        Assert.Equal(byWarpgroups, Files(problem, true));
        Assert.Equal(byWarpgroups, Files(problem with { HeadDim = 32, StateSize = 64 }, true));
        Assert.Equal(others, Files(problem, false));
        Assert.Equal(others, Files(problem with { Length = 64 }, true));
        Assert.Equal(others, Files(problem with { Precision = KernelPrecision.Float32 }, true));
        Assert.Equal(others, Files(problem with { HeadDim = 16, StateSize = 64 }, true));
        // Three heads of 32 channels a group do not make whole units of 64.
        Assert.Equal(others, Files(problem with { HeadDim = 32, StateSize = 64, Heads = 6, Groups = 2 }, true));
        Assert.Equal((132, 1, 1), SsdKernelPlan.For(problem, H200, true)!.BackwardGrid);
        Assert.Equal((80, 4, 2), SsdKernelPlan.For(problem, H200, true)!.BoundaryGrid(1));
        // Two chunks of one sequence: a part of its own for each head.
        Assert.Equal(80, SsdKernelPlan.For(problem with { Batch = 1, Length = 128 }, H200, true)!.Splits);
    }

    /// <summary>Every task of the forward kernel by warpgroups has a block, and no block is without one.</summary>
    [Theory]
    [InlineData(4, 4096, 80, 64, 1, 128, 3, 108)]    // 27 blocks of three heads a sequence
    [InlineData(32, 8192, 8, 64, 1, 64, 2, 128)]
    [InlineData(256, 512, 8, 32, 1, 64, 2, 132)]     // more tasks than processors
    [InlineData(1, 16_384, 4, 64, 1, 64, 1, 128)]    // 4 tasks, in 32 segments of time
    public void Work_is_shared_out_over_the_processors(int batch, int length, int heads, int headDim, int groups, int stateSize, int warpgroups, int blocks)
    {
        var plan = SsdKernelPlan.For(new SsdProblem(batch, length, heads, headDim, groups, stateSize, KernelPrecision.BFloat16), H200, true)!;
        Assert.Equal(warpgroups, plan.Forward.Macros["GROUPS"]);
        Assert.Equal((blocks, 1, 1), plan.ForwardGrid(plan.ForwardSegments));
    }

    [Fact]
    public void Operands_are_laid_out_as_the_kernels_read_them()
        => Assert.Equal((26 * 8) + (10 * 8) + (12 * 4) + (2 * 4), System.Runtime.CompilerServices.Unsafe.SizeOf<SsdOperands>());
}
