using SsdForecast.Runtime.Kernels;

namespace SsdForecast.Runtime.Tests.Kernels.Ssd;

/// <summary>The traps of the notes on numerics: decays that underflow, steps of zero, large values, long holds.</summary>
public class SsdExtremeTests
{
    private static readonly SsdShape Shape = new(2, 150, 4, 16, 2, 16);

    public static TheoryData<string> Cases => ["decay underflows", "zero dt", "now and then a reset by decay", "large values", "tiny values", "everything zero", "raw dt far out"];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Finite_inputs_give_finite_and_right_results(string name)
    {
        SsdProblem problem = Make(name);
        SsdResults results = problem.Kernels<float>(), reference = problem.Reference();
        Assert.All(results.Tensors(), tensor => Assert.All(tensor.Values, value => Assert.True(double.IsFinite(value), $"{tensor.Name} has {value}")));
        results.AssertClose(reference, 2e-5, name);
        problem.Kernels<double>().AssertClose(reference, 1e-10, name);
    }

    [Fact]
    public void A_state_that_is_held_does_not_change_by_a_bit()
    {
        SsdShape shape = new(1, 5000, 2, 16, 1, 16);
        SsdProblem problem = SsdProblem.Random(new Random(1), shape, everything: true) with
        {
            Options = SsdKernelOptions.Default, Dt = new double[shape.DtLength], Gain = [], DtBias = [], SeqIdx = [],
        };
        Assert.Equal(problem.InitialStates, problem.Kernels<float>().FinalStates);
    }

    [Fact]
    public void A_reset_forgets_all_that_came_before()
    {
        SsdShape shape = new(1, 40, 2, 16, 1, 16);
        int[] sequence = [.. Enumerable.Range(0, 40).Select(t => t < 21 ? 0 : 1)];
        SsdProblem problem = SsdProblem.Random(new Random(2), shape, everything: true) with { SeqIdx = sequence };
        SsdProblem other = problem with { X = [.. problem.X.Select((v, i) => i < 21 * 32 ? v + 1 : v)] };
        SsdResults a = problem.Kernels<float>(), b = other.Kernels<float>();
        Assert.Equal(a.Y[(21 * 32)..], b.Y[(21 * 32)..]);
        Assert.NotEqual(a.Y[..(21 * 32)], b.Y[..(21 * 32)]);
        Assert.Equal(a.FinalStates, b.FinalStates);
    }

    private static SsdProblem Make(string name)
    {
        Random random = new(7);
        SsdProblem plain = SsdProblem.Random(random, Shape, everything: true) with { Options = SsdKernelOptions.Default, Gain = [], DtBias = [], SeqIdx = [] };
        double[] Dt(Func<int, double> value) => [.. Enumerable.Range(0, (int)Shape.DtLength).Select(i => (double)(float)value(i / Shape.Heads))];
        double[] Scaled(double[] values, double factor) => [.. values.Select(v => (double)(float)(v * factor))];
        double[] ones = [.. Enumerable.Repeat(1.0, (int)Shape.TokenCount)];
        return name switch
        {
            "decay underflows" => plain with { A = [-1e4, -1e3, -1e3, -1e5], Dt = Dt(_ => 1), Elapsed = ones },
            "zero dt" => plain with { Dt = Dt(_ => 0) },
            "now and then a reset by decay" => plain with { A = [-1, -1, -1, -1], Dt = Dt(t => t % 7 == 3 ? 1000 : 0.001), Elapsed = ones },
            "large values" => plain with { Dt = Dt(_ => 0.1), X = Scaled(plain.X, 1e8), B = Scaled(plain.B, 1e6), C = Scaled(plain.C, 1e6), GradY = Scaled(plain.GradY, 1e5) },
            "tiny values" => plain with { Dt = Dt(_ => 0.1), X = Scaled(plain.X, 1e-8), B = Scaled(plain.B, 1e-6), C = Scaled(plain.C, 1e-6), InitialStates = [] },
            "everything zero" => plain with
            {
                Dt = Dt(_ => 0), X = Scaled(plain.X, 0), B = Scaled(plain.B, 0), C = Scaled(plain.C, 0), D = Scaled(plain.D, 0),
                InitialStates = Scaled(plain.InitialStates, 0), GradY = Scaled(plain.GradY, 0), GradFinalStates = Scaled(plain.GradFinalStates, 0),
            },
            "raw dt far out" => plain with { Options = new SsdKernelOptions { DtSoftplus = true }, Dt = Dt(t => t % 3 == 0 ? -1e4 : t % 3 == 1 ? 30 : -40) },
            _ => throw new ArgumentException(name),
        };
    }
}
