using SsdForecast.Runtime.Kernels;

namespace SsdForecast.Runtime.Tests.Kernels.Ssd;

/// <summary>What a caller did wrong is said in one line.</summary>
public class SsdArgumentTests
{
    private static readonly SsdShape Shape = new(1, 4, 2, 3, 1, 2);

    [Fact]
    public void Groups_must_divide_heads()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new SsdShape(1, 4, 3, 2, 2, 2).Validate());
        Assert.Contains("ngroups (g) = 2 does not divide heads (h) = 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_size_of_zero_is_named()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new SsdShape(1, 0, 2, 2, 1, 2).Validate());
        Assert.Contains("length (l) = 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_length_is_named_with_its_shape()
    {
        SsdProblem problem = SsdProblem.Random(new Random(1), Shape) with { B = new double[5] };
        ArgumentException error = Assert.Throws<ArgumentException>(() => problem.Kernels<float>());
        Assert.Contains("B (b, l, g, n) must have 8 elements, but has 5", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(2, 1)]
    [InlineData(double.NaN, 1)]
    public void Limits_of_dt_must_be_in_order(double low, double high)
    {
        SsdProblem problem = SsdProblem.Random(new Random(1), Shape) with { Options = new SsdKernelOptions { DtLimitLow = low, DtLimitHigh = high } };
        Assert.Throws<ArgumentException>(() => problem.Kernels<float>());
    }

    [Fact]
    public void At_least_one_thread_is_needed() =>
        Assert.Throws<ArgumentException>(() => SsdProblem.Random(new Random(1), Shape).Kernels<float>(threads: 0));

    [Fact]
    public unsafe void A_required_input_must_not_be_null()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => SsdKernels.Forward(Shape, new SsdInputs<float>(), new SsdOutputs<float>()));
        Assert.Contains("required", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public unsafe void Only_float_and_double_are_computed_in() =>
        Assert.Throws<ArgumentException>(() => SsdKernels.Forward(Shape, new SsdInputs<Half>(), new SsdOutputs<Half>()));
}
