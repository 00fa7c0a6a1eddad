namespace SsdForecast.Structure;

/// <summary>
/// A time-varying linear recurrence with one input and one output, at rest before its first step:
/// <c>h_t = A_t h_{t−1} + b_t x_t</c>, <c>y_t = c_t · h_t</c>. As a map it is the lower triangular matrix
/// <c>M_ij = c_i · A_i A_{i−1} … A_{j+1} b_j</c>, <c>i ≥ j</c> (<see cref="ToMatrix"/>). <c>A_0</c> has nothing to act on.
/// </summary>
public abstract record LinearRecurrence
{
    private protected LinearRecurrence(double[,] b, double[,] c)
    {
        ArgumentNullException.ThrowIfNull(b);
        ArgumentNullException.ThrowIfNull(c);
        (Length, StateSize) = (b.GetLength(0), b.GetLength(1));
        if (Length == 0 || StateSize == 0) throw new ArgumentException($"b has the shape ({Length}, {StateSize}); a recurrence has at least one step and one state number", nameof(b));
        Arguments.Shape(c, Length, StateSize, nameof(c));
        Arguments.Finite(b, nameof(b));
        Arguments.Finite(c, nameof(c));
        B = b;
        C = c;
    }

    /// <summary>Number of steps, <c>T</c>.</summary>
    public int Length { get; }

    /// <summary>Numbers of the state, <c>N</c>.</summary>
    public int StateSize { get; }

    /// <summary>How the input enters the state, <c>(T, N)</c>.</summary>
    public double[,] B { get; }

    /// <summary>How the state is read, <c>(T, N)</c>.</summary>
    public double[,] C { get; }

    /// <summary><c>h ← A_t h</c>.</summary>
    /// <param name="t">The step.</param>
    /// <param name="state">Changed, length <c>N</c>.</param>
    public abstract void Advance(int t, Span<double> state);

    /// <summary><c>r ← A_tᵀ r</c>: what a reading after step <c>t</c> reads off the state before it.</summary>
    /// <param name="t">The step.</param>
    /// <param name="reading">Changed, length <c>N</c>.</param>
    public abstract void Retreat(int t, Span<double> reading);

    /// <summary>Runs the recurrence, O(T N) if diagonal and else O(T N²).</summary>
    /// <param name="x">Inputs, length <c>T</c>.</param>
    /// <returns>Outputs, length <c>T</c>.</returns>
    public double[] Apply(ReadOnlySpan<double> x)
    {
        if (x.Length != Length) throw new ArgumentException($"{x.Length} inputs for {Length} steps", nameof(x));
        var state = new double[StateSize];
        var y = new double[Length];
        for (var t = 0; t < Length; t++)
        {
            Advance(t, state);
            for (var n = 0; n < StateSize; n++)
            {
                state[n] += B[t, n] * x[t];
                y[t] += C[t, n] * state[n];
            }
        }

        return y;
    }

    /// <summary>The matrix of the recurrence, <c>(T, T)</c>, lower triangular.</summary>
    public double[,] ToMatrix()
    {
        var m = new double[Length, Length];
        var state = new double[StateSize];
        for (var j = 0; j < Length; j++)
        {
            for (var n = 0; n < StateSize; n++) state[n] = B[j, n];
            for (var i = j; i < Length; i++)
            {
                if (i > j) Advance(i, state);
                for (var n = 0; n < StateSize; n++) m[i, j] += C[i, n] * state[n];
            }
        }

        return m;
    }

    /// <summary>
    /// The recurrence of the matrix <c>2^(row_i + column_j) M_ij</c>. Powers of two change no digit, and the exponents go into single steps,
    /// so that matrices can be scaled whose own entries would overflow or underflow.
    /// </summary>
    internal abstract LinearRecurrence Scale(Scaling scaling);

    /// <summary>
    /// The size that <c>‖A_t h‖</c> has unless it cancels, per norm of <c>h</c>: full transitions are known to rounding relative to their norm, and
    /// diagonal ones add nothing up, so that nothing cancels: 0.
    /// </summary>
    internal virtual double Norm(int t) => 0;

    private protected (double[,] B, double[,] C) ScaledEnds(Scaling scaling)
    {
        var (b, c) = (new double[Length, StateSize], new double[Length, StateSize]);
        for (var t = 0; t < Length; t++)
        {
            var state = scaling.State(t);
            for (var n = 0; n < StateSize; n++)
            {
                b[t, n] = Math.ScaleB(B[t, n], scaling.Column[t] + state);
                c[t, n] = Math.ScaleB(C[t, n], scaling.Row[t] - state);
            }
        }

        return (b, c);
    }
}
