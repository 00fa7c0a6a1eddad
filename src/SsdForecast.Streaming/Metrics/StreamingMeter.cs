using System.Diagnostics.Metrics;
using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>
/// The counters of an engine as instruments of the meter <c>SsdForecast.Streaming</c>, named in <c>docs/streaming.md</c>. All of them are read when
/// someone listens; an event pays nothing. The engine is held weakly, for one that is never disposed of.
/// </summary>
internal sealed class StreamingMeter : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "SsdForecast.Streaming";

    private readonly Meter _meter = new(Name, "1");
    private readonly WeakReference<StreamingEngine> _engine;

    public StreamingMeter(StreamingEngine engine)
    {
        _engine = new WeakReference<StreamingEngine>(engine);
        _meter.CreateObservableCounter("ssdf.stream.events", Outcomes, "{event}", "Events by outcome");
        _meter.CreateObservableCounter("ssdf.stream.rejections", Rejections, "{event}", "Rejected events by reason");
        _meter.CreateObservableCounter("ssdf.stream.taken", () => Read(e => e.Counts().Taken), "{event}", "Events brought into states");
        _meter.CreateObservableCounter("ssdf.stream.snapped", () => Read(e => e.Counts().Snapped), "{event}", "Events whose time was snapped to the nearest step");
        _meter.CreateObservableCounter("ssdf.stream.evictions", () => Read(e => e.Counts().Evicted), "{series}", "Series put out of memory");
        _meter.CreateObservableCounter("ssdf.stream.loads", () => Read(e => e.Counts().Loaded), "{series}", "Series brought back into memory");
        _meter.CreateObservableUpDownCounter("ssdf.stream.series", () => Read(e => e.SeriesCount), "{series}", "Series, in memory or not");
        _meter.CreateObservableUpDownCounter("ssdf.stream.series.resident", () => Read(e => e.ResidentCount), "{series}", "Series in memory");
        _meter.CreateObservableUpDownCounter("ssdf.stream.memory", () => Read(e => e.MemoryBytes.States + e.MemoryBytes.Index), "By", "Memory of the series, without their ids");
        _meter.CreateObservableCounter("ssdf.stream.log.bytes", () => Read(e => e.LogBytes), "By", "Bytes appended to the event log");
        _meter.CreateObservableUpDownCounter("ssdf.stream.log.pending", () => Read(e => e.EventsSinceSnapshot), "{event}", "Log records since the last snapshot");
        _meter.CreateObservableCounter("ssdf.stream.snapshots", () => Read(e => e.SnapshotsWritten), "{snapshot}", "Snapshots written");
        _meter.CreateObservableGauge("ssdf.stream.snapshot.duration", () => _engine.TryGetTarget(out var e) ? e.LastSnapshotTime.TotalSeconds : 0, "s", "Time that the last snapshot took");
    }

    public void Dispose() => _meter.Dispose();

    private long Read(Func<StreamingEngine, long> of) => _engine.TryGetTarget(out var engine) ? of(engine) : 0;

    private IEnumerable<Measurement<long>> Outcomes()
    {
        if (!_engine.TryGetTarget(out var engine)) yield break;
        var counts = engine.Counts();
        foreach (var status in Enum.GetValues<ObservationStatus>())
            yield return new Measurement<long>(counts[status], new KeyValuePair<string, object?>("outcome", Snake(status.ToString())));
    }

    private IEnumerable<Measurement<long>> Rejections()
    {
        if (!_engine.TryGetTarget(out var engine)) yield break;
        var counts = engine.Counts();
        foreach (var reason in Enum.GetValues<ObservationProblem>())
            yield return new Measurement<long>(counts[reason], new KeyValuePair<string, object?>("reason", Snake(reason.ToString())));
    }

    private static string Snake(string name) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
