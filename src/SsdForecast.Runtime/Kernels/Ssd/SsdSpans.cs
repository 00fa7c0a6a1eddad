namespace SsdForecast.Runtime.Kernels;

/// <summary>The inputs of the SSD operator as spans, row-major and contiguous; an empty span means that an optional input is absent.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly ref struct SsdSpans<T>
    where T : unmanaged
{
    /// <summary>x (b, l, h, p).</summary>
    public ReadOnlySpan<T> X { get; init; }

    /// <summary>dt (b, l, h): as it is used, or raw where <see cref="SsdKernelOptions.DtSoftplus"/> is set.</summary>
    public ReadOnlySpan<T> Dt { get; init; }

    /// <summary>Gain (b, l, h): the weight of the input term x·Bᵀ, taken as it is; empty for dt as used.</summary>
    public ReadOnlySpan<T> Gain { get; init; }

    /// <summary>A (h), negative.</summary>
    public ReadOnlySpan<T> A { get; init; }

    /// <summary>B (b, l, g, n).</summary>
    public ReadOnlySpan<T> B { get; init; }

    /// <summary>C (b, l, g, n).</summary>
    public ReadOnlySpan<T> C { get; init; }

    /// <summary>D (h), or empty.</summary>
    public ReadOnlySpan<T> D { get; init; }

    /// <summary>dt_bias (h), or empty.</summary>
    public ReadOnlySpan<T> DtBias { get; init; }

    /// <summary>Elapsed time (b, l), not negative, or empty.</summary>
    public ReadOnlySpan<T> Elapsed { get; init; }

    /// <summary>seq_idx (b, l), or empty.</summary>
    public ReadOnlySpan<int> SeqIdx { get; init; }

    /// <summary>initial_states (b, h, p, n), or empty for zero.</summary>
    public ReadOnlySpan<T> InitialStates { get; init; }

    /// <summary>Checks every length against the shape.</summary>
    /// <exception cref="ArgumentException">A length is wrong; the message names the tensor, its shape and both lengths.</exception>
    public void Validate(in SsdShape shape)
    {
        shape.Validate();
        SpanChecks.Required(X.Length, shape.XLength, "x (b, l, h, p)");
        SpanChecks.Required(Dt.Length, shape.DtLength, "dt (b, l, h)");
        SpanChecks.Optional(Gain.Length, shape.DtLength, "gain (b, l, h)");
        SpanChecks.Required(A.Length, shape.Heads, "A (h)");
        SpanChecks.Required(B.Length, shape.BCLength, "B (b, l, g, n)");
        SpanChecks.Required(C.Length, shape.BCLength, "C (b, l, g, n)");
        SpanChecks.Optional(D.Length, shape.Heads, "D (h)");
        SpanChecks.Optional(DtBias.Length, shape.Heads, "dt_bias (h)");
        SpanChecks.Optional(Elapsed.Length, shape.TokenCount, "elapsed (b, l)");
        SpanChecks.Optional(SeqIdx.Length, shape.TokenCount, "seq_idx (b, l)");
        SpanChecks.Optional(InitialStates.Length, shape.StatesLength, "initial_states (b, h, p, n)");
    }
}
