using System.Diagnostics;
using System.Globalization;
using SsdForecast.Runtime;
using SsdForecast.Streaming;

namespace SsdForecast.Cli.Benchmarks;

/// <summary>An engine with many series, and the events that keep all processors busy: one a series, round after round, every one with its forecast.</summary>
internal sealed class EngineLoad : IDisposable
{
    private const int Batch = 4096;

    private readonly RecurrentModel _model;
    private readonly StreamingEngine _engine;
    private readonly string[] _ids;
    private readonly SeriesEvent[] _events;
    private readonly ObservationOutcome[] _outcomes;
    private readonly double[] _forecasts;
    private readonly string? _store;
    private long _taken;

    /// <summary>An engine that holds its series.</summary>
    /// <param name="model">The model.</param>
    /// <param name="series">Number of series; each is begun with an event.</param>
    /// <param name="resident">Series in memory at most, the others in a store in a temporary folder; 0 for all, and no store.</param>
    public EngineLoad(RecurrentModel model, int series, int resident = 0)
    {
        _model = model;
        _ids = [.. Enumerable.Range(0, series).Select(i => string.Create(CultureInfo.InvariantCulture, $"series-{i}"))];
        _events = new SeriesEvent[Math.Min(Batch, series)];
        _outcomes = new ObservationOutcome[_events.Length];
        _forecasts = new double[_events.Length * model.ForecastLength];
        var idBytes = _ids.Sum(id => (22L + (2 * id.Length) + 7) / 8 * 8);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        if (resident > 0)
        {
            _store = Directory.CreateTempSubdirectory("ssdf-benchmark-").FullName;
            _engine = StreamingEngine.Open(model, new SqliteStateStore(Path.Combine(_store, "state")), new StreamingOptions { MaxResident = resident, Sync = LogSync.Never });
        }
        else
        {
            _engine = new StreamingEngine(model);
        }

        Batches(series);
        // The ids were there before: an engine keeps those that it is given.
        BytesPerSeries = (GC.GetTotalMemory(forceFullCollection: true) - before + idBytes) / (double)_engine.ResidentCount;
    }

    /// <summary>Bytes of managed memory a series in memory, its id included.</summary>
    public double BytesPerSeries { get; }

    /// <summary>Microseconds an event, taken singly by as many threads as there are processors.</summary>
    public double Singly(int events)
    {
        var threads = Math.Min(Environment.ProcessorCount, _ids.Length);
        var clock = Stopwatch.StartNew();
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            var output = new double[_model.ForecastLength];
            var (round, position) = Next;
            for (var e = 0; e < events; e++)
            {
                // A series belongs to one thread, so that its events stay in order.
                if (position % threads == thread) _engine.Observe(_ids[position], StreamBenchmark.At(_model, round), output);
                if (++position == _ids.Length) (round, position) = (round + 1, 0);
            }
        });
        _taken += events;
        return clock.Elapsed.TotalMicroseconds / events;
    }

    /// <summary>Microseconds an event, taken in batches.</summary>
    public double Batches(int events)
    {
        var clock = Stopwatch.StartNew();
        for (var end = _taken + events; _taken < end;)
        {
            var (round, position) = Next;
            var count = (int)Math.Min(_events.Length, Math.Min(end - _taken, _ids.Length - position));
            var observation = StreamBenchmark.At(_model, round);
            for (var i = 0; i < count; i++) _events[i] = new SeriesEvent(_ids[position + i], observation);
            _engine.ObserveBatch(_events.AsMemory(0, count), _outcomes, _forecasts);
            _taken += count;
        }

        return clock.Elapsed.TotalMicroseconds / events;
    }

    // Series after series, round after round, and on from where the last run ended: no step of a series is left out, which would cost another.
    private (int Round, int Position) Next => ((int)(_taken / _ids.Length), (int)(_taken % _ids.Length));

    public void Dispose()
    {
        _engine.Dispose();
        if (_store is not null) Directory.Delete(_store, recursive: true);
    }
}
