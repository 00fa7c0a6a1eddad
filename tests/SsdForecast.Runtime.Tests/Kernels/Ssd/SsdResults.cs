using SsdForecast.Runtime.Kernels;

namespace SsdForecast.Runtime.Tests.Kernels.Ssd;

/// <summary>Everything that forward and backward give, in float64.</summary>
internal sealed record SsdResults(SsdShape Shape)
{
    public double[] Y { get; init; } = new double[Shape.XLength];

    public double[] FinalStates { get; init; } = new double[Shape.StatesLength];

    public double[] X { get; init; } = new double[Shape.XLength];

    public double[] Dt { get; init; } = new double[Shape.DtLength];

    public double[] Gain { get; init; } = new double[Shape.DtLength];

    public double[] A { get; init; } = new double[Shape.Heads];

    public double[] B { get; init; } = new double[Shape.BCLength];

    public double[] C { get; init; } = new double[Shape.BCLength];

    public double[] D { get; init; } = new double[Shape.Heads];

    public double[] DtBias { get; init; } = new double[Shape.Heads];

    public double[] InitialStates { get; init; } = new double[Shape.StatesLength];

    public SsdGradientSpans<double> Gradients(double[] gradY, double[] gradFinalStates) => new()
    {
        GradY = gradY, GradFinalStates = gradFinalStates, X = X, Dt = Dt, Gain = Gain, A = A, B = B, C = C, D = D, DtBias = DtBias, InitialStates = InitialStates,
    };

    /// <summary>
    /// The tensors to compare. The few numbers of A, D and dt_bias are sums over all steps with either sign, which may nearly cancel: they are measured together.
    /// </summary>
    public IEnumerable<(string Name, double[] Values)> Tensors() =>
    [
        ("y", Y), ("final_states", FinalStates), ("d_x", X), ("d_dt", Dt), ("d_gain", Gain), ("d_B", B), ("d_C", C), ("d_initial_states", InitialStates),
        ("d_A, d_D and d_dt_bias", [.. A, .. D, .. DtBias]),
    ];

    /// <summary>Asserts norm(this − other) ≤ tolerance·norm(other), tensor by tensor.</summary>
    public void AssertClose(SsdResults other, double tolerance, string what)
    {
        foreach (((string name, double[] mine), (_, double[] theirs)) in Tensors().Zip(other.Tensors()))
        {
            double error = theirs.All(v => v == 0) ? mine.Max(Math.Abs) : RelativeError.Of(mine, theirs);
            Assert.True(error <= tolerance, $"{name} is off by {error:e2} for {Shape}, {what}");
        }
    }

    public void AssertSameBits(SsdResults other, string what)
    {
        foreach (((string name, double[] mine), (_, double[] theirs)) in Tensors().Zip(other.Tensors()))
            Assert.True(mine.SequenceEqual(theirs), $"{name} differs in its bits for {Shape}, {what}");
    }
}
