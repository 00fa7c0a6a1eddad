using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Cuda;

/// <summary>How long a device works on what the host queues, without the time it waits for the host.</summary>
internal static class DeviceQueue
{
    private const double HoldSeconds = 0.05;

    private static readonly KernelVariant Wait = new("wait", new Dictionary<string, int>(), 0);

    /// <summary>
    /// Seconds of device work: a kernel holds the device back until all is queued, so that the host's own time falls away; what the holding took by itself is subtracted.
    /// The mean of some runs; null where a run does not come to its end in time, because it waits for the device or is more than the driver's queue holds.
    /// </summary>
    /// <param name="device">A CUDA device.</param>
    /// <param name="queue">Queues the work, some thousand launches at most, and does not wait for it.</param>
    /// <param name="repeats">Runs, at least 1.</param>
    public static double? Seconds(Device device, Action queue, int repeats)
    {
        var hold = Kernel.Get(Math.Max(0, device.index), Wait);
        return Times(device, hold, null, repeats) is { } alone && Times(device, hold, queue, repeats) is { } all ? all.Average() - Median(alone) : null;
    }

    private static List<double>? Times(Device device, Kernel hold, Action? queue, int repeats)
    {
        var times = new List<double>();
        for (var i = 0; i < repeats; i++)
        {
            if (Run(device, hold, queue) is not { } seconds) return null;
            times.Add(seconds);
        }
        return times;
    }

    private static double? Run(Device device, Kernel hold, Action? queue)
    {
        cuda.synchronize(device);
        var clock = Stopwatch.StartNew();
        hold.Launch((1, 1, 1), (ulong)(HoldSeconds * 1e9));
        queue?.Invoke();
        var queued = clock.Elapsed.TotalSeconds;
        cuda.synchronize(device);
        return queued < 0.95 * HoldSeconds ? clock.Elapsed.TotalSeconds : null;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
