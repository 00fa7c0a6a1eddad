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

    private static Arbitrary<(SsdProblem Problem, DeviceProperties Device)> Any { get; } = (
        from batch in Gen.Choose(1, 4096)
        from length in Gen.OneOf(Gen.Choose(1, 200), Gen.Choose(200, 100_000))
        from groups in Gen.Elements(1, 2, 4)
        from perGroup in Gen.Elements(1, 2, 3, 4, 8, 20)
        from headDim in Gen.Choose(1, 8)
        from stateSize in Gen.Choose(1, 16)
        from precision in Gen.Elements(Enum.GetValues<KernelPrecision>())
        from device in Gen.Elements(H200, A100, Consumer)
        select (new SsdProblem(batch, length, groups * perGroup, 16 * headDim, groups, 16 * stateSize, precision), device)).ToArbitrary();

    [Fact]
    public void Blocks_fit_the_device_and_hold_whole_heads_of_one_group()
        => Prop.ForAll(Any, sample =>
        {
            var (problem, device) = sample;
            if (SsdKernelPlan.For(problem, device) is not { } plan) return problem.HeadDim > 64 || problem.StateSize > 64 || device == Consumer;
            var perGroup = problem.Heads / problem.Groups;
            return plan.Variants.All(v => v.SharedMemory <= device.SharedMemoryOfBlock && v.Macros["BLOCKS"] * (v.SharedMemory + 1024) <= device.SharedMemory)
                && perGroup % plan.HeadsOfBlock == 0
                && plan.Splits >= 1 && plan.Splits <= perGroup
                && plan.Segments(32) >= 1 && plan.Segments(32) <= plan.Chunks(32)
                && plan.BackwardChunk is 32 or 64
                && plan.BackwardStates.Macros["EVERY"] * 32 == plan.BackwardChunk;
        }).QuickCheckThrowOnFailure();

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
    public void Operands_are_laid_out_as_the_kernels_read_them()
        => Assert.Equal((26 * 8) + (10 * 8) + (12 * 4) + (2 * 4), System.Runtime.CompilerServices.Unsafe.SizeOf<SsdOperands>());
}
