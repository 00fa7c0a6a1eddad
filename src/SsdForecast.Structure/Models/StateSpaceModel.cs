namespace SsdForecast.Structure;

/// <summary>A recurrence with full transitions, <c>h_t = A_t h_{t−1} + b_t x_t</c>.</summary>
public sealed record StateSpaceModel : LinearRecurrence
{
    /// <summary>A recurrence from its arrays, which are not copied.</summary>
    /// <param name="a">Transitions, <c>(T, N, N)</c>.</param>
    /// <param name="b">How the input enters, <c>(T, N)</c>.</param>
    /// <param name="c">How the state is read, <c>(T, N)</c>.</param>
    /// <exception cref="ArgumentException">Shapes differ, or a number is not finite.</exception>
    public StateSpaceModel(double[,,] a, double[,] b, double[,] c) : base(b, c)
    {
        ArgumentNullException.ThrowIfNull(a);
        if (a.GetLength(0) != Length || a.GetLength(1) != StateSize || a.GetLength(2) != StateSize)
            throw new ArgumentException($"the shape is ({a.GetLength(0)}, {a.GetLength(1)}, {a.GetLength(2)}) where b asks for ({Length}, {StateSize}, {StateSize})", nameof(a));
        foreach (var x in a)
            if (!double.IsFinite(x)) throw new ArgumentException($"has the value {x}; every number must be finite", nameof(a));
        A = a;
    }

    /// <summary>Transitions, <c>(T, N, N)</c>.</summary>
    public double[,,] A { get; }

    /// <inheritdoc/>
    public override void Advance(int t, Span<double> state)
    {
        Span<double> old = stackalloc double[Math.Min(state.Length, 256)];
        if (state.Length > old.Length) old = new double[state.Length];
        state.CopyTo(old);
        for (var i = 0; i < state.Length; i++)
        {
            var sum = 0.0;
            for (var j = 0; j < state.Length; j++) sum += A[t, i, j] * old[j];
            state[i] = sum;
        }
    }

    /// <inheritdoc/>
    public override void Retreat(int t, Span<double> reading)
    {
        Span<double> old = stackalloc double[Math.Min(reading.Length, 256)];
        if (reading.Length > old.Length) old = new double[reading.Length];
        reading.CopyTo(old);
        reading.Clear();
        for (var i = 0; i < reading.Length; i++)
            for (var j = 0; j < reading.Length; j++) reading[j] += A[t, i, j] * old[i];
    }

    internal override double Norm(int t)
    {
        var squares = 0.0;
        for (var i = 0; i < StateSize; i++)
            for (var j = 0; j < StateSize; j++) squares += A[t, i, j] * A[t, i, j];
        return Math.Sqrt(squares);
    }

    internal override StateSpaceModel Scale(Scaling scaling)
    {
        var a = new double[Length, StateSize, StateSize];
        for (var t = 1; t < Length; t++)
        {
            var exponent = scaling.State(t) - scaling.State(t - 1);
            for (var i = 0; i < StateSize; i++)
                for (var j = 0; j < StateSize; j++) a[t, i, j] = Math.ScaleB(A[t, i, j], exponent);
        }

        var (b, c) = ScaledEnds(scaling);
        return new StateSpaceModel(a, b, c);
    }
}
