namespace SsdForecast.Runtime.Kernels;

/// <summary>
/// What the backward pass reads beside the inputs, and where it writes, as raw memory. Results are overwritten, not added to;
/// a null result is not wanted.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly unsafe struct SsdGradients<T>
    where T : unmanaged
{
    /// <summary>Gradient of the loss with respect to y (b, l, h, p).</summary>
    public T* GradY { get; init; }

    /// <summary>Gradient with respect to final_states (b, h, p, n), or null for zero.</summary>
    public T* GradFinalStates { get; init; }

    /// <summary>The checkpoints that the forward pass wrote for the same inputs, or null: they are then computed again.</summary>
    public T* Checkpoints { get; init; }

    /// <summary>Result: gradient of x (b, l, h, p).</summary>
    public T* X { get; init; }

    /// <summary>Result: gradient of dt as it was given, through elapsed, limit, softplus and bias (b, l, h).</summary>
    public T* Dt { get; init; }

    /// <summary>Result: gradient of the gain (b, l, h); not written where none was given, since that of dt then holds it.</summary>
    public T* Gain { get; init; }

    /// <summary>Result: gradient of A (h).</summary>
    public T* A { get; init; }

    /// <summary>Result: gradient of B (b, l, g, n).</summary>
    public T* B { get; init; }

    /// <summary>Result: gradient of C (b, l, g, n).</summary>
    public T* C { get; init; }

    /// <summary>Result: gradient of D (h).</summary>
    public T* D { get; init; }

    /// <summary>Result: gradient of dt_bias (h).</summary>
    public T* DtBias { get; init; }

    /// <summary>Result: gradient of initial_states (b, h, p, n).</summary>
    public T* InitialStates { get; init; }

    /// <summary>The same with other checkpoints.</summary>
    internal SsdGradients<T> With(T* checkpoints) => new()
    {
        GradY = GradY,
        GradFinalStates = GradFinalStates,
        Checkpoints = checkpoints,
        X = X,
        Dt = Dt,
        Gain = Gain,
        A = A,
        B = B,
        C = C,
        D = D,
        DtBias = DtBias,
        InitialStates = InitialStates,
    };
}
