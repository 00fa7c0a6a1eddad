namespace SsdForecast.Torch.Training;

/// <summary>Where a training run stands.</summary>
/// <param name="Epoch">Epoch in progress, from 1.</param>
/// <param name="Epochs">Most epochs.</param>
/// <param name="Step">Step of the whole run, from 1.</param>
/// <param name="Steps">Most steps of the whole run.</param>
/// <param name="Loss">Training loss, averaged over the epoch so far.</param>
/// <param name="ValidationLoss">Validation loss of the last finished epoch; NaN before it.</param>
/// <param name="BestLoss">Lowest validation loss so far.</param>
/// <param name="SamplesPerSecond">Training positions (forecast origins) a second.</param>
/// <param name="Remaining">Time left at this speed, if no epoch is saved by early stopping.</param>
/// <param name="EpochEnded">Whether this report closes an epoch.</param>
public readonly record struct TrainingProgress(
    int Epoch,
    int Epochs,
    long Step,
    long Steps,
    double Loss,
    double ValidationLoss,
    double BestLoss,
    double SamplesPerSecond,
    TimeSpan Remaining,
    bool EpochEnded);
