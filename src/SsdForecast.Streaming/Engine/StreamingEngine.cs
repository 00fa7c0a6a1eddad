using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using SsdForecast.Data;
using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>
/// Many series served by one recurrent model, keyed by id: an event in, a forecast out. A series that has not been seen begins with its first
/// event.
/// <para>
/// Safe from many threads: the series are spread over shards by the hash of their id, and each call holds the lock of one shard, so series of
/// different shards proceed side by side, and the events of one series are taken in the order in which calls get the lock. The event log and the
/// store have a lock each, taken inside that of a shard.
/// </para>
/// <para>
/// Without a store an engine lives in memory, and <see cref="Snapshot(string)"/> saves it to a file. With one (<see cref="Open"/>) every event
/// that changes something is logged before it does, and an engine that is opened again goes on where that one was, bit for bit.
/// </para>
/// </summary>
public sealed partial class StreamingEngine : IDisposable
{
    /// <summary>Stands for no sequence number.</summary>
    public const long NoSequence = long.MinValue;

    private const int ShardsAProcessor = 16;
    private const int LeastResidentOfShard = 256;

    private readonly EngineParts _parts;
    private readonly StateShard[] _shards;
    private readonly StreamingMeter _meter;
    private long _storedSeries;

    /// <summary>An engine without series and without a store.</summary>
    /// <exception cref="ArgumentException">An option out of range.</exception>
    public StreamingEngine(RecurrentModel model, StreamingOptions? options = null)
        : this(model, options, null)
    {
    }

    private StreamingEngine(RecurrentModel model, StreamingOptions? options, IStateStore? store)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new StreamingOptions();
        options.Validate();
        if (options.MaxResident > 0 && store is null) throw new ArgumentException($"{nameof(options.MaxResident)}: {options.MaxResident} series in memory need a store for the others; use {nameof(Open)}", nameof(options));
        _parts = new EngineParts(model, options, store);
        var count = options.Shards > 0 ? options.Shards : ShardsAProcessor * Environment.ProcessorCount;
        // Ids fall into shards by chance: one of few series would be full while others have room.
        if (options.MaxResident > 0) count = options.Shards > 0 ? Math.Min(count, options.MaxResident) : Math.Clamp(options.MaxResident / LeastResidentOfShard, 1, count);
        _shards = [.. Enumerable.Range(0, count).Select(i => new StateShard(_parts, (options.MaxResident / count) + (i < options.MaxResident % count ? 1 : 0)))];
        _meter = new StreamingMeter(this);
    }

    /// <summary>The model.</summary>
    public RecurrentModel Model => _parts.Model;

    /// <summary>The options.</summary>
    public StreamingOptions Options => _parts.Options;

    /// <summary>Number of series, in memory or not. While other threads observe, a moment's number.</summary>
    public long SeriesCount => _storedSeries + Sum(shard => shard.Net);

    /// <summary>Number of series in memory.</summary>
    public int ResidentCount => (int)Sum(shard => shard.Count);

    /// <summary>Bytes held for the series in memory: states with the companions behind them, and what it takes to find them, without their ids.</summary>
    public (long States, long Index) MemoryBytes => (_parts.Slab.Bytes, Sum(shard => shard.IndexBytes));

    /// <summary>Takes an event and forecasts from it. An event that was passed over (<see cref="LatePolicy"/>) gives the forecast that was there.</summary>
    /// <exception cref="ObservationException">The event cannot be taken; the state of its series is as it was.</exception>
    /// <exception cref="ArgumentException">The id is empty, or no file could hold it.</exception>
    /// <exception cref="IOException">The log or the store cannot be written; the event was not taken.</exception>
    public Forecast Observe(string seriesId, in Observation observation)
    {
        var shard = ShardOf(seriesId, out var hash);
        lock (shard.Lock)
        {
            Require(shard.Observe(seriesId, hash, NoSequence, observation, null, out var position));
            return Forecast(shard, position, Model.Config.Horizon);
        }
    }

    /// <summary>Takes an event and writes the forecast's numbers. Allocates nothing for a series that is in memory.</summary>
    /// <param name="forecast">Output in raw units, <c>(H, Q)</c>, ascending within a row; empty to take the event alone.</param>
    /// <exception cref="ObservationException">The event cannot be taken; the state of its series is as it was.</exception>
    /// <exception cref="ArgumentException">The id is empty, or no file could hold it, or the output is too short.</exception>
    /// <exception cref="IOException">The log or the store cannot be written; the event was not taken.</exception>
    public void Observe(string seriesId, in Observation observation, Span<double> forecast)
        => Require(Observe(seriesId, NoSequence, observation, forecast));

    /// <summary>Takes an event by its sequence number. One that was taken before changes nothing, so a sender may repeat what it is not sure of.</summary>
    /// <param name="seriesId">The series.</param>
    /// <param name="sequenceNumber">The event's number within its series; they need not follow one another without gaps.</param>
    /// <param name="timestamp">When.</param>
    /// <param name="values">The value, then the past covariates, raw; NaN missing.</param>
    /// <returns>What became of it; nothing is thrown for an event that cannot be taken.</returns>
    /// <exception cref="ArgumentException">The id is empty, or no file could hold it, or there is no value.</exception>
    /// <exception cref="IOException">The log or the store cannot be written; the event was not taken.</exception>
    public ObservationOutcome Observe(string seriesId, long sequenceNumber, DateTime timestamp, ReadOnlyMemory<double> values)
    {
        if (values.IsEmpty) throw new ArgumentException("no value; NaN stands for a missing one", nameof(values));
        return Observe(seriesId, sequenceNumber, new Observation(timestamp, values.Span[0], values[1..]), []);
    }

    /// <summary>As <see cref="Observe(string, long, DateTime, ReadOnlyMemory{double})"/>, for a model without past covariates.</summary>
    /// <exception cref="ArgumentException">The id is empty, or no file could hold it.</exception>
    /// <exception cref="IOException">The log or the store cannot be written; the event was not taken.</exception>
    public ObservationOutcome Observe(string seriesId, long sequenceNumber, DateTime timestamp, double value)
        => Observe(seriesId, sequenceNumber, new Observation(timestamp, value), []);

    /// <summary>Takes an event by its sequence number and writes the forecast's numbers. Allocates nothing for an event that is taken.</summary>
    /// <param name="seriesId">The series.</param>
    /// <param name="sequenceNumber">The event's number within its series, or <see cref="NoSequence"/>.</param>
    /// <param name="observation">What was observed.</param>
    /// <param name="forecast">Output as of <see cref="Observe(string, in Observation, Span{double})"/>, written whatever became of the event, if the series is there; empty for none.</param>
    /// <param name="sink">Told of every event that is taken: of none, this one, or this one and those that had waited for it.</param>
    /// <returns>What became of it; nothing is thrown for an event that cannot be taken.</returns>
    /// <exception cref="ArgumentException">The id is empty, or no file could hold it, or the output is too short.</exception>
    /// <exception cref="IOException">The log or the store cannot be written; the event was not taken.</exception>
    public ObservationOutcome Observe(string seriesId, long sequenceNumber, in Observation observation, Span<double> forecast, IObservationSink? sink = null)
    {
        if (!forecast.IsEmpty && forecast.Length < Model.ForecastLength)
            throw new ArgumentException($"{forecast.Length} numbers of room for {Model.ForecastLength}", nameof(forecast));
        var shard = ShardOf(seriesId, out var hash);
        lock (shard.Lock)
        {
            var outcome = shard.Observe(seriesId, hash, sequenceNumber, observation, sink, out var position);
            if (!forecast.IsEmpty && position != SeriesIndex.None) shard.Forecast(position, forecast);
            return outcome;
        }
    }

    /// <summary>
    /// Takes many events, each of them just as <see cref="Observe(string, long, in Observation, Span{double}, IObservationSink?)"/> would, bit for bit, but
    /// with the matrices of the model multiplied for several series at once and the shards side by side: the way to the most events a second.
    /// The events of a series are taken in the order of the batch. With companions, steps are taken singly.
    /// </summary>
    /// <param name="events">The events.</param>
    /// <param name="forecasts">Room for the forecast after each event, <c>(events, H, Q)</c>, that of an event that was not taken being that of its series as it is; empty for none.</param>
    /// <param name="maxDegreeOfParallelism">Most threads; 0 for one a processor.</param>
    /// <returns>What became of each event.</returns>
    /// <exception cref="ArgumentException">An id is empty, or no file could hold it, or the output is too short; events before it may have been taken.</exception>
    /// <exception cref="IOException">The log or the store cannot be written; events may have been taken. Send them again by their numbers.</exception>
    public ObservationOutcome[] ObserveBatch(ReadOnlyMemory<SeriesEvent> events, Memory<double> forecasts = default, int maxDegreeOfParallelism = 0)
    {
        var outcomes = new ObservationOutcome[events.Length];
        ObserveBatch(events, outcomes, forecasts, maxDegreeOfParallelism);
        return outcomes;
    }

    /// <summary>As the other, the outcomes into memory of the caller's.</summary>
    /// <param name="events">The events.</param>
    /// <param name="outcomes">Room for what became of each event; those of events that an exception came before keep what they held.</param>
    /// <param name="forecasts">As of the other.</param>
    /// <param name="maxDegreeOfParallelism">Most threads; 0 for one a processor.</param>
    /// <exception cref="ArgumentException">An id is empty, or no file could hold it, or an output is too short; events before it may have been taken.</exception>
    /// <exception cref="IOException">The log or the store cannot be written; events may have been taken. Send them again by their numbers.</exception>
    public void ObserveBatch(ReadOnlyMemory<SeriesEvent> events, Memory<ObservationOutcome> outcomes, Memory<double> forecasts, int maxDegreeOfParallelism = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxDegreeOfParallelism);
        if (outcomes.Length < events.Length) throw new ArgumentException($"room for {outcomes.Length} outcomes of {events.Length} events", nameof(outcomes));
        if (!forecasts.IsEmpty && forecasts.Length < (long)events.Length * Model.ForecastLength)
            throw new ArgumentException($"{forecasts.Length} numbers of room for {events.Length} forecasts of {Model.ForecastLength}", nameof(forecasts));
        using var split = new BatchSplit(events.Span, _shards.Length, ShardNumber);
        ParallelClaims.Run(_shards.Length, maxDegreeOfParallelism, i =>
        {
            var own = split[i];
            if (own.IsEmpty) return;
            lock (_shards[i].Lock) _shards[i].ObserveBatch(events.Span, own, forecasts.Span, outcomes.Span);
        });
    }

    /// <summary>Gives up the gap of a series: what waits behind it is taken. Without <see cref="LatePolicy.Reorder"/> nothing waits.</summary>
    /// <returns>Events taken.</returns>
    /// <exception cref="IOException">The log or the store cannot be written; nothing was taken.</exception>
    public int Release(string seriesId, IObservationSink? sink = null)
    {
        var shard = ShardOf(seriesId, out var hash);
        lock (shard.Lock)
        {
            var position = shard.Find(seriesId, hash);
            return position == SeriesIndex.None ? 0 : shard.Release(position, sink);
        }
    }

    /// <summary>As <see cref="Release"/>, for all series in memory.</summary>
    /// <returns>Events taken.</returns>
    /// <exception cref="IOException">The log cannot be written; not all was taken.</exception>
    public int ReleaseAll(IObservationSink? sink = null)
    {
        var taken = 0;
        foreach (var shard in _shards)
            lock (shard.Lock) taken += shard.ReleaseAll(sink);
        return taken;
    }

    /// <summary>The forecast after the last event of a series; changes nothing.</summary>
    /// <exception cref="KeyNotFoundException">The series has not been seen.</exception>
    public Forecast Forecast(string seriesId) => Forecast(seriesId, Model.Config.Horizon);

    /// <summary>The first lead times of the forecast after the last event of a series; changes nothing.</summary>
    /// <param name="seriesId">The series.</param>
    /// <param name="horizon">Lead times, 1 up to those of the model.</param>
    /// <exception cref="KeyNotFoundException">The series has not been seen.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The model has no such horizon.</exception>
    public Forecast Forecast(string seriesId, int horizon)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(horizon, Model.Config.Horizon);
        var shard = ShardOf(seriesId, out var hash);
        lock (shard.Lock)
        {
            var position = shard.Find(seriesId, hash);
            return position != SeriesIndex.None ? Forecast(shard, position, horizon) : throw new KeyNotFoundException($"series '{seriesId}' has not been seen");
        }
    }

    /// <summary>As <see cref="Forecast(string)"/>, into memory of the caller's.</summary>
    /// <returns>Whether the series has been seen.</returns>
    public bool TryForecast(string seriesId, ForecastBuffer forecast)
    {
        ArgumentNullException.ThrowIfNull(forecast);
        var shard = ShardOf(seriesId, out var hash);
        lock (shard.Lock)
        {
            var position = shard.Find(seriesId, hash);
            if (position == SeriesIndex.None) return false;
            shard.Forecast(position, forecast);
            return true;
        }
    }

    /// <summary>Reads the bytes that a companion keeps of a series.</summary>
    /// <returns>Whether the series has been seen.</returns>
    /// <exception cref="ArgumentException">The engine has no such companion.</exception>
    public bool TryRead(string seriesId, SeriesCompanion companion, Span<byte> copy)
    {
        var part = Array.Find(_parts.Companions, p => p.Companion == companion);
        if (part.Companion is null) throw new ArgumentException("the engine has no such companion", nameof(companion));
        var shard = ShardOf(seriesId, out var hash);
        lock (shard.Lock)
        {
            var position = shard.Find(seriesId, hash);
            if (position == SeriesIndex.None) return false;
            shard.Companion(position, part).CopyTo(copy);
            return true;
        }
    }

    /// <summary>Whether a series has been seen.</summary>
    public bool Contains(string seriesId) => Progress(seriesId) is not null;

    /// <summary>The steps that a series has taken, filled ones included, and the time of its last event; null if it has not been seen.</summary>
    public (long Count, DateTime LastTime)? Progress(string seriesId)
    {
        var shard = ShardOf(seriesId, out var hash);
        lock (shard.Lock)
        {
            var position = shard.Find(seriesId, hash);
            return position == SeriesIndex.None ? null : Model.Progress(shard.State(position));
        }
    }

    /// <summary>Forgets a series; its next event begins it anew.</summary>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="IOException">The log or the store cannot be written; the series is as it was.</exception>
    public bool Remove(string seriesId)
    {
        var shard = ShardOf(seriesId, out var hash);
        lock (shard.Lock) return shard.Remove(seriesId, hash);
    }

    /// <summary>The ids of all series, in memory or not, taken now.</summary>
    public IReadOnlyList<string> SeriesIds()
    {
        var ids = new List<string>();
        foreach (var shard in _shards)
            lock (shard.Lock) ids.AddRange(shard.Ids);
        if (_parts.Store is { } store) return [.. ids.Union(store.Ids(), StringComparer.Ordinal)];
        return ids;
    }

    /// <summary>What has happened since the engine was made.</summary>
    public OutcomeCounts Counts()
    {
        var counts = new OutcomeCounts();
        foreach (var shard in _shards)
            lock (shard.Lock) counts.Add(shard.Counts);
        return counts;
    }

    private static void Require(in ObservationOutcome outcome)
    {
        if (outcome.Refusal is { } refusal) throw refusal;
    }

    private Forecast Forecast(StateShard shard, int position, int horizon)
    {
        if (_parts.Companions.Length == 0 && horizon == Model.Config.Horizon) return Model.Forecast(shard.IdOf(position), shard.State(position));
        var buffer = new ForecastBuffer(Model);
        shard.Forecast(position, buffer);
        return buffer.ToForecast(horizon);
    }

    private long Sum(Func<StateShard, long> of)
    {
        long sum = 0;
        foreach (var shard in _shards)
            lock (shard.Lock) sum += of(shard);
        return sum;
    }

    private StateShard ShardOf(string seriesId, out int hash) => _shards[ShardNumber(seriesId, out hash)];

    private int ShardNumber(string seriesId, out int hash)
    {
        ArgumentException.ThrowIfNullOrEmpty(seriesId);
        hash = SeriesIndex.HashOf(seriesId);
        // The shard by the high bits and the bucket by the low ones, or a shard would use few of its buckets.
        return (int)(((ulong)(uint)hash * (uint)_shards.Length) >> 32);
    }
}
