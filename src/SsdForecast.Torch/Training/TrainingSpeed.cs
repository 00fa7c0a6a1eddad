using System.Diagnostics;
using SsdForecast.Torch.Training.Steps;

namespace SsdForecast.Torch.Training;

/// <summary>How fast training goes, in its steps alone, and how long it will take.</summary>
internal sealed class TrainingSpeed(int epochs, StepSource source)
{
    private readonly Stopwatch _clock = new();
    private long _steps;

    /// <summary>Training positions a second, over all processes.</summary>
    public double SamplesPerSecond => StepsPerSecond(0) * source.PositionsPerStep;

    /// <summary>Steps of an epoch begin.</summary>
    public void Start() => _clock.Start();

    /// <summary>Steps of an epoch end; the device must have done them.</summary>
    public void Stop(int steps)
    {
        _clock.Stop();
        _steps += steps;
    }

    /// <summary>A report within an epoch.</summary>
    public TrainingProgress Progress(TrainingHistory history, double best, double loss, int stepInEpoch)
    {
        var known = double.IsNaN(loss) ? history.Training.Count > 0 ? history.Training[^1] : history.Validation[^1] : loss;
        return Report(history, best, known, history.Epochs + 1, stepInEpoch, ended: false);
    }

    /// <summary>A report at the end of an epoch.</summary>
    public TrainingProgress Progress(TrainingHistory history, double best) => Report(history, best, history.Training[^1], history.Epochs, 0, ended: true);

    private TrainingProgress Report(TrainingHistory history, double best, double loss, int epoch, int stepInEpoch, bool ended)
    {
        var total = (long)epochs * source.StepsPerEpoch;
        var steps = history.Steps + stepInEpoch;
        var perSecond = StepsPerSecond(stepInEpoch);
        return new TrainingProgress(
            epoch,
            epochs,
            steps,
            total,
            loss,
            history.Validation[^1],
            best,
            perSecond * source.PositionsPerStep,
            TimeSpan.FromSeconds(Math.Max(0, total - steps) / Math.Max(perSecond, 1e-9)),
            ended);
    }

    private double StepsPerSecond(int stepInEpoch) => (_steps + stepInEpoch) / Math.Max(_clock.Elapsed.TotalSeconds, 1e-9);
}
