namespace SsdForecast.Runtime.Kernels;

/// <summary>Where the forward pass writes, as raw memory; a null pointer means not wanted.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly unsafe struct SsdOutputs<T>
    where T : unmanaged
{
    /// <summary>y (b, l, h, p), or null.</summary>
    public T* Y { get; init; }

    /// <summary>final_states (b, h, p, n), or null.</summary>
    public T* FinalStates { get; init; }

    /// <summary>
    /// State checkpoints that spare the backward pass its own forward pass: <see cref="SsdKernels.CheckpointLength"/> elements, or null.
    /// </summary>
    public T* Checkpoints { get; init; }
}
