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
    /// <summary>Steps that wait for the device, and steps that it is held back from, at most: multiples of those whose data is gathered at once.</summary>
    private const int MostHalting = 24;
    private const int MostHeld = 16;

    /// <summary>
    /// Milliseconds a step in which a GPU is at work, without those in which it waits for the host: the mean of single steps that were queued while the device was held
    /// back. Null on a CPU, and where a step waits for the device or is more than the driver's queue holds.
    /// </summary>
    public double? DeviceMilliseconds { get; init; }

    /// <summary>Part of the time in which the GPU is at work, in [0, 1].</summary>
    public double? DeviceBusy => DeviceMilliseconds is { } busy ? Math.Min(1, busy / MillisecondsPerStep) : null;

    /// <summary>Measures steps of training from the start, without validation.</summary>
    /// <param name="table">The series.</param>
    /// <param name="options">What to fit.</param>
    /// <param name="training">How to train.</param>
    /// <param name="steps">Steps to time, at least 1; some more are run before, and some after for the parts.</param>
    /// <param name="fused">Whether the network takes fused kernels where there are any; else it is made of torch's operators. Loss and optimizer are the same.</param>
    public static StepTimes Measure(SeriesTable table, ForecasterOptions options, TrainingOptions training, int steps, bool fused = true)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        var (warmUp, halting) = (Math.Min(steps, 5), Math.Min(steps, MostHalting));
        var held = Math.Min(steps, MostHeld);
        using var scope = NewDisposeScope();
        using var start = FitStart.Prepare(table, options, training with { StepsPerEpoch = steps }, Alone.Instance);
        using var network = start.Network;
        network.Fused = fused;
        using var timer = start.Trainer().Timer();
        timer.WarmUp(warmUp);
        var seconds = timer.Seconds(steps);
        var device = timer.DeviceSeconds(held);
        var clock = new PhaseClock(start.Device);
        timer.Phases(halting, clock);
        var sum = Enum.GetValues<Phase>().Sum(p => clock[p]);
        return new StepTimes(
            network.parameters().Sum(p => p.numel()),
            seconds * 1000,
            timer.PositionsPerStep / seconds,
            clock[Phase.Data] / sum,
            clock[Phase.Forward] / sum,
            clock[Phase.Backward] / sum,
            clock[Phase.Optimizer] / sum) { DeviceMilliseconds = device * 1000 };
    }
}
