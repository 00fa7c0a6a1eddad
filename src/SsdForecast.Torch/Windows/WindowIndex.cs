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
        var places = new long[3 * windows.Count];
        for (var i = 0; i < windows.Count; i++) Write(places, i, windows[i]);
        return Upload(places, device);
    }

    /// <summary>Puts places on a device that were laid out by <see cref="Write"/>.</summary>
    internal static WindowIndex Upload(long[] places, Device device) => new(tensor(places, [3, places.Length / 3], device: device).DetachFromDisposeScope());

    /// <summary>Lays out the place of a window.</summary>
    /// <param name="places">Three numbers for each window.</param>
    /// <param name="i">Which window.</param>
    /// <param name="window">Its place.</param>
    internal static void Write(long[] places, int i, Window window)
    {
        var count = places.Length / 3;
        (places[i], places[count + i], places[(2 * count) + i]) = (window.Series, window.Start, window.TargetEnd);
    }

    /// <inheritdoc/>
    public void Dispose() => Places.Dispose();
}
