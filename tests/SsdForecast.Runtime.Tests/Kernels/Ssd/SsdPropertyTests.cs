using FsCheck;
using FsCheck.Fluent;
using SsdForecast.Runtime.Kernels;

namespace SsdForecast.Runtime.Tests.Kernels.Ssd;

/// <summary>The kernels against the float64 recurrence over random shapes and options.</summary>
public class SsdPropertyTests
{
    [Fact]
    public void Kernels_equal_the_recurrence_in_both_precisions() => Check(50, random =>
    {
        SsdProblem problem = SsdProblem.Random(random, SsdProblem.RandomShape(random));
        SsdResults reference = problem.Reference();
        problem.Kernels<double>().AssertClose(reference, 1e-10, "float64");
        problem.Kernels<float>().AssertClose(reference, 2e-5, "float32");
    });

    [Fact]
    public void Every_vector_width_gives_the_same_answer() => Check(15, random =>
    {
        SsdProblem problem = SsdProblem.Random(random, SsdProblem.RandomShape(random));
        SsdResults reference = problem.Reference();
        foreach (SimdWidth simd in new[] { SimdWidth.Bits128, SimdWidth.Bits256, SimdWidth.Bits512 })
        {
            problem.Kernels<double>(simd: simd).AssertClose(reference, 1e-10, $"float64 {simd}");
            problem.Kernels<float>(simd: simd).AssertClose(reference, 2e-5, $"float32 {simd}");
        }
    });

    [Fact]
    public void The_recurrence_is_masked_attention() => Check(40, random =>
    {
        SsdShape shape = SsdProblem.RandomShape(random) with { Length = random.Next(1, 40) };
        SsdProblem problem = SsdProblem.Random(random, shape);
        double[] quadratic = new double[shape.XLength];
        SsdReference.Quadratic(shape, problem.Inputs(), quadratic, problem.Options);
        Assert.InRange(RelativeError.Of(quadratic, problem.Reference().Y), 0, 1e-12);
    });

    [Fact]
    public void A_sequence_may_be_split_anywhere() => Check(40, random =>
    {
        SsdShape shape = SsdProblem.RandomShape(random) with { Batch = 1, Length = random.Next(2, 200) };
        SsdProblem whole = SsdProblem.Random(random, shape) with { SeqIdx = [] };
        int at = random.Next(1, shape.Length);
        SsdProblem head = Part(whole, 0, at);
        SsdResults first = head.Kernels<double>();
        SsdResults second = (Part(whole, at, shape.Length - at) with { InitialStates = first.FinalStates }).Kernels<double>();
        SsdResults reference = whole.Kernels<double>();
        Assert.InRange(RelativeError.Of(first.Y.Concat(second.Y), reference.Y), 0, 1e-12);
        Assert.InRange(RelativeError.Of(second.FinalStates, reference.FinalStates), 0, 1e-12);
    });

    [Fact]
    public void Padding_with_zero_steps_leaves_no_trace_in_the_state() => Check(20, random =>
    {
        SsdShape shape = SsdProblem.RandomShape(random) with { Batch = 1, Length = random.Next(2, 100) };
        SsdProblem padded = SsdProblem.Random(random, shape) with { Options = SsdKernelOptions.Default, DtBias = [], SeqIdx = [], Gain = [] };
        int length = random.Next(1, shape.Length);
        double[] dt = SsdProblem.RandomValues(random, shape.DtLength, 0, 0.3);
        Array.Clear(dt, length * shape.Heads, dt.Length - length * shape.Heads);
        padded = padded with { Dt = dt };
        Assert.InRange(
            RelativeError.Of(padded.Kernels<float>().FinalStates, Part(padded, 0, length).Reference().FinalStates), 0, 2e-5);
    });

    [Fact]
    public void Gradients_of_the_reference_are_those_of_finite_differences()
    {
        Random random = new(5);
        foreach (int groups in new[] { 1, 2, 4 })
        {
            SsdProblem problem = SsdProblem.Random(random, new SsdShape(2, 9, 4, 3, groups, 2), everything: true) with
            {
                // Away from the kinks of the limits, where there is no derivative.
                Options = new SsdKernelOptions { DtSoftplus = true },
            };
            SsdResults exact = problem.Reference();
            foreach ((double[] input, double[] gradient, string name) in new[]
            {
                (problem.X, exact.X, "x"), (problem.Dt, exact.Dt, "dt"), (problem.Gain, exact.Gain, "gain"), (problem.A, exact.A, "A"), (problem.B, exact.B, "B"), (problem.C, exact.C, "C"),
                (problem.D, exact.D, "D"), (problem.DtBias, exact.DtBias, "dt_bias"), (problem.InitialStates, exact.InitialStates, "initial_states"),
            })
            {
                for (int trial = 0; trial < 8; trial++)
                {
                    int i = random.Next(input.Length);
                    double difference = FiniteDifference.Of(input, i, () => Loss(problem));
                    Assert.True(Math.Abs(difference - gradient[i]) < 1e-6 * (1 + Math.Abs(difference)), $"d_{name}[{i}]: {gradient[i]} but differences give {difference}");
                }
            }
        }
    }

    private static double Loss(SsdProblem problem)
    {
        SsdResults results = new(problem.Shape);
        SsdReference.Recurrent(problem.Shape, problem.Inputs(), results.Y, results.FinalStates, problem.Options);
        return results.Y.Zip(problem.GradY, (a, b) => a * b).Sum() + results.FinalStates.Zip(problem.GradFinalStates, (a, b) => a * b).Sum();
    }

    private static SsdProblem Part(SsdProblem whole, int start, int length)
    {
        SsdShape shape = whole.Shape with { Length = length };
        double[] Rows(double[] values, long perStep) => values.Length == 0 ? [] : values[(int)(start * perStep)..(int)((start + length) * perStep)];
        long x = shape.Heads * shape.HeadDim, bc = shape.Groups * shape.StateSize;
        return whole with
        {
            Shape = shape,
            X = Rows(whole.X, x),
            Dt = Rows(whole.Dt, shape.Heads),
            Gain = Rows(whole.Gain, shape.Heads),
            B = Rows(whole.B, bc),
            C = Rows(whole.C, bc),
            Elapsed = Rows(whole.Elapsed, 1),
            GradY = Rows(whole.GradY, x),
        };
    }

    private static void Check(int runs, Action<Random> property) => FsCheck.Fluent.Prop
        .ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => property(new Random(seed)))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(runs));
}
