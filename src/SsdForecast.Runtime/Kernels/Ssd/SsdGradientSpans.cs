namespace SsdForecast.Runtime.Kernels;

/// <summary>What the backward pass reads beside the inputs, and where it writes, as spans; an empty span means absent, or not wanted.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly ref struct SsdGradientSpans<T>
    where T : unmanaged
{
    /// <summary>Gradient with respect to y (b, l, h, p).</summary>
    public ReadOnlySpan<T> GradY { get; init; }

    /// <summary>Gradient with respect to final_states (b, h, p, n), or empty for zero.</summary>
    public ReadOnlySpan<T> GradFinalStates { get; init; }

    /// <summary>Result: gradient of x (b, l, h, p).</summary>
    public Span<T> X { get; init; }

    /// <summary>Result: gradient of dt as it was given (b, l, h).</summary>
    public Span<T> Dt { get; init; }

    /// <summary>Result: gradient of the gain (b, l, h); not written where none was given.</summary>
    public Span<T> Gain { get; init; }

    /// <summary>Result: gradient of A (h).</summary>
    public Span<T> A { get; init; }

    /// <summary>Result: gradient of B (b, l, g, n).</summary>
    public Span<T> B { get; init; }

    /// <summary>Result: gradient of C (b, l, g, n).</summary>
    public Span<T> C { get; init; }

    /// <summary>Result: gradient of D (h).</summary>
    public Span<T> D { get; init; }

    /// <summary>Result: gradient of dt_bias (h).</summary>
    public Span<T> DtBias { get; init; }

    /// <summary>Result: gradient of initial_states (b, h, p, n).</summary>
    public Span<T> InitialStates { get; init; }

    /// <summary>Checks every length against the shape.</summary>
    /// <exception cref="ArgumentException">A length is wrong; the message names the tensor, its shape and both lengths.</exception>
    public void Validate(in SsdShape shape)
    {
        SpanChecks.Required(GradY.Length, shape.XLength, "grad_y (b, l, h, p)");
        SpanChecks.Optional(GradFinalStates.Length, shape.StatesLength, "grad_final_states (b, h, p, n)");
        SpanChecks.Optional(X.Length, shape.XLength, "d_x (b, l, h, p)");
        SpanChecks.Optional(Dt.Length, shape.DtLength, "d_dt (b, l, h)");
        SpanChecks.Optional(Gain.Length, shape.DtLength, "d_gain (b, l, h)");
        SpanChecks.Optional(A.Length, shape.Heads, "d_A (h)");
        SpanChecks.Optional(B.Length, shape.BCLength, "d_B (b, l, g, n)");
        SpanChecks.Optional(C.Length, shape.BCLength, "d_C (b, l, g, n)");
        SpanChecks.Optional(D.Length, shape.Heads, "d_D (h)");
        SpanChecks.Optional(DtBias.Length, shape.Heads, "d_dt_bias (h)");
        SpanChecks.Optional(InitialStates.Length, shape.StatesLength, "d_initial_states (b, h, p, n)");
    }
}
