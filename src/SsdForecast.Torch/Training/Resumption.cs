using SsdForecast.Torch.Parallel.Collectives;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Training;

/// <summary>What the first process has read from a checkpoint, given to all: the others need no access to its folder.</summary>
internal sealed class Resumption(ICollective group, FlatParameters parameters, FlatAdamW optimizer, BestWeights best)
{
    /// <summary>Shares a checkpoint, if the first process has resumed from one.</summary>
    /// <param name="resumed">Whether it has; of no meaning in the others.</param>
    /// <param name="history">Losses so far: read in the first process, written in the others.</param>
    /// <returns>Whether training goes on from a checkpoint.</returns>
    public bool Share(bool resumed, TrainingHistory history)
    {
        if (group.Size == 1) return resumed;
        var told = group.Broadcast(resumed ? [best.Epoch, best.Loss, history.Steps, history.Training.Count, .. history.Training, .. history.Validation] : []);
        if (told.Length == 0) return false;

        using var scope = NewDisposeScope();
        var kept = group.Rank == 0 ? best.Values.clone() : empty_like(parameters.Values);
        foreach (var tensor in new[] { parameters.Values, kept, optimizer.First, optimizer.Second }) group.Broadcast(tensor);
        if (group.Rank == 0) return true;
        best.Take((int)told[0], told[1], kept);
        optimizer.Steps = history.Steps = (long)told[2];
        var epochs = (int)told[3];
        history.Training.AddRange(told.AsSpan(4, epochs));
        history.Validation.AddRange(told.AsSpan(4 + epochs));
        return true;
    }
}
