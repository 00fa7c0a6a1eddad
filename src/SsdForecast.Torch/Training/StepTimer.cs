using System.Diagnostics;
using SsdForecast.Torch.Cuda;
using SsdForecast.Torch.Training.Steps;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Training;

/// <summary>Steps of training for their time alone: an optimizer step each, no validation, no early stopping.</summary>
/// <param name="device">Where the network is.</param>
/// <param name="source">Where gradients come from; an epoch has begun.</param>
/// <param name="step">Takes a step, by number, and does not wait for it.</param>
/// <param name="wait">Waits until all steps are done.</param>
/// <param name="parts">What is freed in the end.</param>
internal sealed class StepTimer(Device device, StepSource source, Action<int, PhaseClock?> step, Action wait, IReadOnlyList<IDisposable> parts) : IDisposable
{
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(4);

    private int _next;
    private int _epochs;

    /// <summary>Positions that a step trains.</summary>
    public long PositionsPerStep => source.PositionsPerStep;

    /// <summary>Takes steps; past the last one of an epoch comes the first of another.</summary>
    public void Take(int steps, PhaseClock? clock = null)
    {
        for (var i = 0; i < steps; i++)
        {
            if (_next == source.StepsPerEpoch) NextEpoch();
            step(_next++, clock);
        }
    }

    /// <summary>
    /// Takes steps that are not timed: on a GPU for a while, since the runtime compiles what is called often anew, and a step of many small launches is as fast as the host.
    /// </summary>
    /// <param name="steps">As many at least.</param>
    public void WarmUp(int steps)
    {
        Take(steps);
        if (device.type == DeviceType.CPU) return;
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < Warm; wait()) Take(steps);
    }

    /// <summary>Seconds a step, of many without a halt between.</summary>
    public double Seconds(int steps)
    {
        NextEpoch();
        wait();
        var watch = Stopwatch.StartNew();
        Take(steps);
        wait();
        return watch.Elapsed.TotalSeconds / steps;
    }

    /// <summary>Times phases.</summary>
    public void Phases(int steps, PhaseClock clock)
    {
        // The sampling of an epoch is no part of a step's data, but what is gathered for several steps at once is.
        NextEpoch();
        wait();
        clock.Start();
        Take(steps, clock);
    }

    /// <summary>Seconds of device work a step, the mean of some; null on a CPU, or where that cannot be told (<see cref="DeviceQueue"/>).</summary>
    public double? DeviceSeconds(int steps)
    {
        if (device.type != DeviceType.CUDA || !Driver.IsAvailable || !KernelCompiler.IsAvailable) return null;
        // The windows of an epoch go up at its start, and the host waits for that.
        NextEpoch();
        wait();
        return DeviceQueue.Seconds(device, () => Take(1), steps);
    }

    private void NextEpoch()
    {
        _next = 0;
        source.BeginEpoch(++_epochs, 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var part in parts) part.Dispose();
    }
}
