using SsdForecast.Data;
using SsdForecast.Torch.Parallel.Collectives;
using SsdForecast.Torch.Training;
using SsdForecast.Torch.Training.Steps;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Forecasters;

/// <summary>How long a step of training takes, and what it spends its time on.</summary>
/// <param name="Parameters">Parameters of the network.</param>
/// <param name="MillisecondsPerStep">A step, measured over many without a halt between.</param>
/// <param name="SamplesPerSecond">Training positions (forecast origins) a second.</param>
/// <param name="Data">Part of the time for gathering windows, in [0, 1], in steps that wait for the device after each part.</param>
/// <param name="Forward">Part for the network and the loss.</param>
/// <param name="Backward">Part for the gradients.</param>
/// <param name="Optimizer">Part for clipping and AdamW.</param>
public sealed record StepTimes(long Parameters, double MillisecondsPerStep, double SamplesPerSecond, double Data, double Forward, double Backward, double Optimizer)
{
    /// <summary>Measures steps of training from the start, without validation.</summary>
    /// <param name="table">The series.</param>
    /// <param name="options">What to fit.</param>
    /// <param name="training">How to train.</param>
    /// <param name="steps">Steps to time, at least 1; some more are run before, and as many again for the parts.</param>
    public static StepTimes Measure(SeriesTable table, ForecasterOptions options, TrainingOptions training, int steps)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        var warmUp = Math.Min(steps, 5);
        using var scope = NewDisposeScope();
        using var start = FitStart.Prepare(table, options, training with { StepsPerEpoch = steps + warmUp }, Alone.Instance);
        using var network = start.Network;
        var (rate, seconds) = start.Trainer().Time(steps, warmUp, null);
        var clock = new PhaseClock(start.Device);
        start.Trainer().Time(Math.Min(steps, 20), 1, clock);
        var all = Enum.GetValues<Phase>().Sum(p => clock[p]);
        return new StepTimes(
            network.parameters().Sum(p => p.numel()), seconds * 1000, rate, clock[Phase.Data] / all, clock[Phase.Forward] / all, clock[Phase.Backward] / all, clock[Phase.Optimizer] / all);
    }
}
