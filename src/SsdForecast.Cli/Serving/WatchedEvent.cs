using SsdForecast.Streaming;

namespace SsdForecast.Cli.Serving;

/// <summary>An event that was taken, with what the monitor of its series says.</summary>
/// <param name="Time">When; without meaning for a model without timestamps.</param>
/// <param name="Value">Raw value; NaN missing.</param>
/// <param name="Verdict">What is said of it, by the forecast made before it came.</param>
/// <param name="Shift">How far the first lead time of the forecast after it was moved by the adapted head, in raw units.</param>
internal readonly record struct WatchedEvent(DateTime Time, double Value, Verdict Verdict, double Shift);
