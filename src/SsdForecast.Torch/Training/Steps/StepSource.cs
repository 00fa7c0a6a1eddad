namespace SsdForecast.Torch.Training.Steps;

/// <summary>
/// Where the gradient of a step comes from: data, forward and backward. What it adds to <see cref="FlatParameters"/> are sums, of the part of the batch that
/// is this process's share.
/// </summary>
internal abstract class StepSource : IDisposable
{
    /// <summary>Steps an epoch.</summary>
    public abstract int StepsPerEpoch { get; }

    /// <summary>Positions that a step trains, over all processes, where no window is cut short.</summary>
    public abstract long PositionsPerStep { get; }

    /// <summary>Targets of a step's batch if all were observed, over all processes: the unit of the tallies.</summary>
    public abstract double NominalTargets { get; }

    /// <summary>Begins an epoch. What it draws hangs on the epoch alone, so that a resumed run draws what an uninterrupted one would.</summary>
    /// <param name="seed">Seed of the epoch.</param>
    /// <param name="stepsBefore">Steps of all epochs before.</param>
    public abstract void BeginEpoch(int seed, long stepsBefore);

    /// <summary>Adds the gradient of a step to that in <paramref name="parameters"/>, with loss and weight.</summary>
    public abstract void Accumulate(int step, FlatParameters parameters, PhaseClock? clock);

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>The share of a process in a batch: neighbouring windows, as even as can be.</summary>
    protected static (int First, int Count) Share(int batch, int rank, int size)
    {
        var first = (int)((long)batch * rank / size);
        return (first, (int)((long)batch * (rank + 1) / size) - first);
    }
}
