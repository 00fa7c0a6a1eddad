namespace SsdForecast.Runtime.Kernels;

/// <summary>
/// The inputs of the bidirectional (quasiseparable) operator as raw memory. Row i of a head's mixing matrix is
/// C_f[i−1]·Π_{j&lt;k&lt;i} exp(dt_f[k]·A)·dt_f[j]·B_f[j] for j &lt; i, the diagonal δ_i, and C_r[i+1]·Π_{i&lt;k&lt;j} exp(dt_r[k]·A)·dt_r[j]·B_r[j] for j &gt; i.
/// Source: Hwang et al. 2024 (Hydra), arXiv 2407.09941. The directions may share memory.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly unsafe struct SsdBidirectionalInputs<T>
    where T : unmanaged
{
    /// <summary>x (b, l, h, p).</summary>
    public T* X { get; init; }

    /// <summary>δ (b, l, h).</summary>
    public T* Diagonal { get; init; }

    /// <summary>A (h), negative.</summary>
    public T* A { get; init; }

    /// <summary>dt_bias (h), added to both dt before softplus, or null.</summary>
    public T* DtBias { get; init; }

    /// <summary>dt_f (b, l, h), raw where <see cref="SsdKernelOptions.DtSoftplus"/> is set.</summary>
    public T* ForwardDt { get; init; }

    /// <summary>gain_f (b, l, h): the weight of the forward input terms, taken as it is; null for dt_f as used.</summary>
    public T* ForwardGain { get; init; }

    /// <summary>B_f (b, l, g, n).</summary>
    public T* ForwardB { get; init; }

    /// <summary>C_f (b, l, g, n).</summary>
    public T* ForwardC { get; init; }

    /// <summary>dt_r (b, l, h).</summary>
    public T* ReverseDt { get; init; }

    /// <summary>gain_r (b, l, h), or null for dt_r as used.</summary>
    public T* ReverseGain { get; init; }

    /// <summary>B_r (b, l, g, n).</summary>
    public T* ReverseB { get; init; }

    /// <summary>C_r (b, l, g, n).</summary>
    public T* ReverseC { get; init; }

    /// <summary>What comes from before, as inputs of the causal operator.</summary>
    internal SsdInputs<T> Forward => new() { X = X, Dt = ForwardDt, Gain = ForwardGain, A = A, B = ForwardB, C = ForwardC, DtBias = DtBias };

    /// <summary>What comes from after.</summary>
    internal SsdInputs<T> Reverse => new() { X = X, Dt = ReverseDt, Gain = ReverseGain, A = A, B = ReverseB, C = ReverseC, DtBias = DtBias };
}
