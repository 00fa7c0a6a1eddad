namespace SsdForecast.Structure;

/// <summary>
/// A recurrence with diagonal transitions, <c>h_{t,n} = a_{t,n} h_{t−1,n} + b_{t,n} x_t</c>: a head of an SSD layer, with
/// <c>a_t = exp(dt_t A)</c> the same for all <c>n</c>, <c>b_t = dt_t B_t</c> and <c>c_t = C_t</c>.
/// Source: Dao and Gu 2024, arXiv 2405.21060, section 3; Hu et al. 2025, arXiv 2510.04944.
/// </summary>
public sealed record DiagonalSsm : LinearRecurrence
{
    /// <summary>A recurrence from its arrays, which are not copied.</summary>
    /// <param name="a">Transitions, <c>(T, N)</c>.</param>
    /// <param name="b">How the input enters, <c>(T, N)</c>.</param>
    /// <param name="c">How the state is read, <c>(T, N)</c>.</param>
    /// <exception cref="ArgumentException">Shapes differ, or a number is not finite.</exception>
    public DiagonalSsm(double[,] a, double[,] b, double[,] c) : base(b, c)
    {
        ArgumentNullException.ThrowIfNull(a);
        Arguments.Shape(a, Length, StateSize, nameof(a));
        Arguments.Finite(a, nameof(a));
        A = a;
    }

    /// <summary>Transitions, <c>(T, N)</c>.</summary>
    public double[,] A { get; }

    /// <summary>Whether every <c>A_t</c> is a number times the identity: then the recurrence is masked attention as it stands.</summary>
    public bool IsScalar
    {
        get
        {
            for (var t = 1; t < Length; t++)
                for (var n = 1; n < StateSize; n++)
                    if (A[t, n] != A[t, 0]) return false;
            return true;
        }
    }

    /// <summary>A recurrence with scalar transitions, the SSD of Mamba-2.</summary>
    /// <param name="a">Transitions, <c>(T)</c>.</param>
    /// <param name="b">How the input enters, <c>(T, N)</c>.</param>
    /// <param name="c">How the state is read, <c>(T, N)</c>.</param>
    /// <exception cref="ArgumentException">Shapes differ, or a number is not finite.</exception>
    public static DiagonalSsm Scalar(double[] a, double[,] b, double[,] c)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        var diagonal = new double[a.Length, b.GetLength(1)];
        for (var t = 0; t < a.Length; t++)
            for (var n = 0; n < b.GetLength(1); n++) diagonal[t, n] = a[t];
        return new DiagonalSsm(diagonal, b, c);
    }

    /// <inheritdoc/>
    public override void Advance(int t, Span<double> state)
    {
        for (var n = 0; n < state.Length; n++) state[n] *= A[t, n];
    }

    /// <inheritdoc/>
    public override void Retreat(int t, Span<double> reading) => Advance(t, reading);

    /// <summary>The same recurrence with its transitions as full matrices.</summary>
    public StateSpaceModel ToStateSpace()
    {
        var a = new double[Length, StateSize, StateSize];
        for (var t = 0; t < Length; t++)
            for (var n = 0; n < StateSize; n++) a[t, n, n] = A[t, n];
        return new StateSpaceModel(a, B, C);
    }

    internal override DiagonalSsm Scale(Scaling scaling)
    {
        var a = new double[Length, StateSize];
        for (var t = 1; t < Length; t++)
            for (var n = 0; n < StateSize; n++) a[t, n] = Math.ScaleB(A[t, n], scaling.State(t) - scaling.State(t - 1));
        var (b, c) = ScaledEnds(scaling);
        return new DiagonalSsm(a, b, c);
    }
}
