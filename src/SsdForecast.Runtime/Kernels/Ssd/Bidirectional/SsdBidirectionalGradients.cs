namespace SsdForecast.Runtime.Kernels;

/// <summary>
/// What the backward pass of the bidirectional operator reads beside the inputs, and where it writes, as raw memory.
/// Results are overwritten, so they must not share memory even where the inputs do; a null result is not wanted.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly unsafe struct SsdBidirectionalGradients<T>
    where T : unmanaged
{
    /// <summary>Gradient of the loss with respect to y (b, l, h, p).</summary>
    public T* GradY { get; init; }

    /// <summary>Result: gradient of x (b, l, h, p).</summary>
    public T* X { get; init; }

    /// <summary>Result: gradient of δ (b, l, h).</summary>
    public T* Diagonal { get; init; }

    /// <summary>Result: gradient of A (h).</summary>
    public T* A { get; init; }

    /// <summary>Result: gradient of dt_bias (h).</summary>
    public T* DtBias { get; init; }

    /// <summary>Result: gradient of dt_f (b, l, h).</summary>
    public T* ForwardDt { get; init; }

    /// <summary>Result: gradient of gain_f (b, l, h); not written where none was given.</summary>
    public T* ForwardGain { get; init; }

    /// <summary>Result: gradient of B_f (b, l, g, n).</summary>
    public T* ForwardB { get; init; }

    /// <summary>Result: gradient of C_f (b, l, g, n).</summary>
    public T* ForwardC { get; init; }

    /// <summary>Result: gradient of dt_r (b, l, h).</summary>
    public T* ReverseDt { get; init; }

    /// <summary>Result: gradient of gain_r (b, l, h); not written where none was given.</summary>
    public T* ReverseGain { get; init; }

    /// <summary>Result: gradient of B_r (b, l, g, n).</summary>
    public T* ReverseB { get; init; }

    /// <summary>Result: gradient of C_r (b, l, g, n).</summary>
    public T* ReverseC { get; init; }
}
