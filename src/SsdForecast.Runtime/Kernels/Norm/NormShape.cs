namespace SsdForecast.Runtime.Kernels;

/// <summary>Sizes and kind of a gated root-mean-square norm over rows.</summary>
/// <param name="Rows">Rows.</param>
/// <param name="Features">Numbers of a row.</param>
/// <param name="Groups">A row is normalised in this many equal groups.</param>
/// <param name="Epsilon">Added to the mean square.</param>
/// <param name="NormBeforeGate">norm(x)·SiLU(z) and not norm(x·SiLU(z)).</param>
public readonly record struct NormShape(long Rows, int Features, int Groups, double Epsilon, bool NormBeforeGate)
{
    /// <summary>Numbers of a group.</summary>
    public int GroupSize => Features / Groups;

    /// <summary>Checks the sizes.</summary>
    /// <exception cref="ArgumentException">A size is below 1, the groups do not divide the features, or epsilon is negative.</exception>
    public void Validate()
    {
        if (Rows < 1 || Features < 1 || Groups < 1 || Features % Groups != 0 || !(Epsilon >= 0))
            throw new ArgumentException($"norm shape {this}: sizes must be at least 1, groups divide features, and epsilon be 0 or more.");
    }
}

/// <summary>What a norm reads.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly unsafe struct NormInputs<T>
    where T : unmanaged
{
    /// <summary>Values (rows, features).</summary>
    public T* X { get; init; }

    /// <summary>Elements from one row of <see cref="X"/> to the next.</summary>
    public long XStride { get; init; }

    /// <summary>Gate (rows, features), or null for none.</summary>
    public T* Z { get; init; }

    /// <summary>Elements from one row of <see cref="Z"/> to the next.</summary>
    public long ZStride { get; init; }

    /// <summary>Weight (features).</summary>
    public T* Weight { get; init; }
}

/// <summary>The gradients of a norm, contiguous.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly unsafe struct NormGradients<T>
    where T : unmanaged
{
    /// <summary>Given: of the outputs (rows, features).</summary>
    public T* GradY { get; init; }

    /// <summary>Computed: of the values.</summary>
    public T* X { get; init; }

    /// <summary>Computed: of the gate; null if there is none.</summary>
    public T* Z { get; init; }

    /// <summary>Computed: of the weight.</summary>
    public T* Weight { get; init; }
}
