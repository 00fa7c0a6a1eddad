using static TorchSharp.torch;

namespace SsdForecast.Torch.Windows;

/// <summary>
/// The places of many windows on the device, in one transfer. A copy from host to device makes the host wait until the device has done all before it, so the
/// places of a whole epoch go up at its start.
/// </summary>
public sealed class WindowIndex : IDisposable
{
    private WindowIndex(Tensor places) => Places = places;

    /// <summary>Series, row of the first position and exclusive end of the targets, <c>(3, n)</c>, 64-bit integers.</summary>
    internal Tensor Places { get; }

    /// <summary>Number of windows.</summary>
    public long Count => Places.shape[1];

    /// <summary>Puts places on a device.</summary>
    public static WindowIndex Upload(IReadOnlyList<Window> windows, Device device)
    {
        ArgumentNullException.ThrowIfNull(windows);
        var count = windows.Count;
        var places = new long[3 * count];
        for (var i = 0; i < count; i++)
        {
            var w = windows[i];
            (places[i], places[count + i], places[(2 * count) + i]) = (w.Series, w.Start, w.TargetEnd);
        }
        return new WindowIndex(tensor(places, [3, count], device: device).DetachFromDisposeScope());
    }

    /// <inheritdoc/>
    public void Dispose() => Places.Dispose();
}
