namespace SsdForecast.Runtime.Kernels;

/// <summary>Sizes of a depthwise convolution over time on (b, l, channels).</summary>
/// <param name="Batch">Sequences.</param>
/// <param name="Length">Positions.</param>
/// <param name="Channels">Channels.</param>
/// <param name="Width">Taps.</param>
/// <param name="LookAhead">How many of the taps lie after the present: 0 is causal.</param>
public readonly record struct ConvShape(int Batch, int Length, int Channels, int Width, int LookAhead)
{
    /// <summary>How many of the taps lie before the present.</summary>
    public int LookBack => Width - 1 - LookAhead;

    /// <summary>Checks the sizes.</summary>
    /// <exception cref="ArgumentException">A size is below 1, or the look-ahead is not one of the taps.</exception>
    public void Validate()
    {
        if (Batch < 1 || Length < 1 || Channels < 1 || Width < 1 || LookAhead < 0 || LookAhead >= Width)
            throw new ArgumentException($"convolution shape {this}: sizes must be at least 1, and the look-ahead from 0 to width - 1.");
    }
}

/// <summary>What a convolution reads.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly unsafe struct ConvInputs<T>
    where T : unmanaged
{
    /// <summary>Inputs (b, l, channels); inputs before the first and after the last are 0.</summary>
    public T* X { get; init; }

    /// <summary>Elements from one position to the next, at least the channels; sequences follow each other at l times that.</summary>
    public long RowStride { get; init; }

    /// <summary>Taps (channels, width), the last for the newest input.</summary>
    public T* Weight { get; init; }

    /// <summary>Bias (channels).</summary>
    public T* Bias { get; init; }
}

/// <summary>The gradients of a convolution, contiguous.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly unsafe struct ConvGradients<T>
    where T : unmanaged
{
    /// <summary>Given: of the outputs (b, l, channels).</summary>
    public T* GradY { get; init; }

    /// <summary>Computed: of the inputs (b, l, channels).</summary>
    public T* X { get; init; }

    /// <summary>Computed: of the taps (channels, width).</summary>
    public T* Weight { get; init; }

    /// <summary>Computed: of the bias (channels).</summary>
    public T* Bias { get; init; }
}
