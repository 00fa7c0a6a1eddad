using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Training.Steps;

/// <summary>The parts of a training step.</summary>
internal enum Phase
{
    Data,
    Forward,
    Backward,
    Optimizer,
}

/// <summary>Time a phase. It waits for the device after each, so a run with a clock is slower than one without: good for shares, not for speed.</summary>
internal sealed class PhaseClock(Device device)
{
    private readonly double[] _seconds = new double[Enum.GetValues<Phase>().Length];
    private long _since = Stopwatch.GetTimestamp();

    /// <summary>Seconds of a phase so far.</summary>
    public double this[Phase phase] => _seconds[(int)phase];

    /// <summary>Begins: what was before counts for nothing.</summary>
    public void Start()
    {
        Wait();
        _since = Stopwatch.GetTimestamp();
    }

    /// <summary>What was done since the last call was this phase.</summary>
    public void Passed(Phase phase)
    {
        Wait();
        var now = Stopwatch.GetTimestamp();
        _seconds[(int)phase] += Stopwatch.GetElapsedTime(_since, now).TotalSeconds;
        _since = now;
    }

    private void Wait()
    {
        if (device.type == DeviceType.CUDA) cuda.synchronize(device);
    }
}
