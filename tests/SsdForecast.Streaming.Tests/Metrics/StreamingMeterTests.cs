using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace SsdForecast.Streaming.Tests;

public class StreamingMeterTests
{
    [Fact]
    public void Every_instrument_says_what_has_happened_and_stands_in_the_docs()
    {
        using var folder = new Runtime.Tests.TemporaryFolder();
        using var engine = Stores.Open(Stores.Sqlite, folder.Path, new StreamingOptions { MaxResident = 2, Shards = 1, Late = LatePolicy.Drop });
        var seen = new Dictionary<string, double>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == "SsdForecast.Streaming") l.EnableMeasurementEvents(instrument);
            },
        };
        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            // Other tests have engines of their own; only what this one does beyond all of them is looked at below.
            var name = instrument.Name + (tags.Length > 0 ? $"[{tags[0].Key}={tags[0].Value}]" : "");
            seen[name] = seen.GetValueOrDefault(name) + value;
        }

        listener.SetMeasurementEventCallback<long>((i, v, t, _) => Add(i, v, t));
        listener.SetMeasurementEventCallback<double>((i, v, t, _) => Add(i, v, t));
        listener.Start();
        Dictionary<string, double> Read()
        {
            seen.Clear();
            listener.RecordObservableInstruments();
            return new Dictionary<string, double>(seen);
        }

        foreach (var (id, o) in Streams.Events(3, 10)) engine.Observe(id, o);
        engine.Observe("series 0", 1, Streams.At(50, double.PositiveInfinity), []);
        engine.Observe("series 0", 2, Streams.At(2, 1), []);
        engine.Snapshot();
        engine.Observe("series 0", 3, Streams.At(11, 1), []);
        var now = Read();
        Assert.True(now["ssdf.stream.events[outcome=accepted]"] >= 31);
        Assert.True(now["ssdf.stream.events[outcome=rejected]"] >= 1);
        Assert.True(now["ssdf.stream.events[outcome=dropped]"] >= 1);
        Assert.True(now["ssdf.stream.rejections[reason=not_finite]"] >= 1);
        foreach (var name in (string[])["taken", "series", "series.resident", "memory", "evictions", "loads", "log.bytes", "log.pending", "snapshots", "snapshot.duration"])
            Assert.True(now["ssdf.stream." + name] > 0, name);

        var page = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../docs/streaming.md"));
        foreach (var name in now.Keys.Select(n => n.Split('[')[0]).Distinct()) Assert.Contains($"`{name}`", page, StringComparison.Ordinal);
        Assert.Equal(13, now.Keys.Select(n => n.Split('[')[0]).Distinct().Count());
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
