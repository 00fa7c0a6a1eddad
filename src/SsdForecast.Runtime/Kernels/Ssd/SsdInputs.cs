namespace SsdForecast.Runtime.Kernels;

/// <summary>
/// The inputs of the SSD operator as raw memory, row-major and contiguous; float32 or float64. A null pointer means that an optional input is absent.
/// The memory must stay in place while the call runs.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly unsafe struct SsdInputs<T>
    where T : unmanaged
{
    /// <summary>x (b, l, h, p).</summary>
    public T* X { get; init; }

    /// <summary>dt (b, l, h): as it is used, or raw where <see cref="SsdKernelOptions.DtSoftplus"/> is set.</summary>
    public T* Dt { get; init; }

    /// <summary>Gain (b, l, h): the weight of the input term x·Bᵀ, taken as it is; null for dt as used.</summary>
    public T* Gain { get; init; }

    /// <summary>A (h), negative.</summary>
    public T* A { get; init; }

    /// <summary>B (b, l, g, n).</summary>
    public T* B { get; init; }

    /// <summary>C (b, l, g, n).</summary>
    public T* C { get; init; }

    /// <summary>D (h), or null.</summary>
    public T* D { get; init; }

    /// <summary>dt_bias (h), added to dt before softplus, or null.</summary>
    public T* DtBias { get; init; }

    /// <summary>Elapsed time (b, l), not negative: a factor on dt after softplus and limit, or null.</summary>
    public T* Elapsed { get; init; }

    /// <summary>seq_idx (b, l): the state is zeroed where it differs from the step before, or null.</summary>
    public int* SeqIdx { get; init; }

    /// <summary>initial_states (b, h, p, n), or null for zero.</summary>
    public T* InitialStates { get; init; }
}
