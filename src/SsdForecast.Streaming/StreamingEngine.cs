using SsdForecast.Data;
using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>
/// Many series served by one recurrent model, keyed by id: an event in, a forecast out. A series that has not been seen begins with its first
/// event. Safe from many threads: the series are spread over shards by the hash of their id, and each call holds the lock of one shard, so
/// series of different shards proceed side by side, and the events of one series are taken in the order in which calls get the lock.
/// </summary>
public sealed class StreamingEngine
{
    private readonly StreamingOptions _options;
    private readonly StateShard[] _shards;

    /// <summary>An engine without series.</summary>
    /// <exception cref="ArgumentException">An option out of range.</exception>
    public StreamingEngine(RecurrentModel model, StreamingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _options = options ?? new StreamingOptions();
        _options.Validate();
        Model = model;
        var count = _options.Shards > 0 ? _options.Shards : 4 * Environment.ProcessorCount;
        _shards = [.. Enumerable.Range(0, count).Select(_ => new StateShard(model, _options))];
    }

    /// <summary>The model.</summary>
    public RecurrentModel Model { get; }

    /// <summary>Number of series. While other threads observe, a moment's number.</summary>
    public int SeriesCount
    {
        get
        {
            var count = 0;
            foreach (var shard in _shards)
                lock (shard.Lock) count += shard.Count;
            return count;
        }
    }

    /// <summary>An engine with the series of a snapshot.</summary>
    /// <exception cref="StateFormatException">The file is missing, torn, altered, of another format or of another model.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static StreamingEngine Restore(RecurrentModel model, string path, StreamingOptions? options = null)
    {
        var engine = new StreamingEngine(model, options);
        SnapshotFile.Read(path, engine);
        return engine;
    }

    /// <summary>Takes an event and forecasts from it.</summary>
    /// <exception cref="ObservationException">The event cannot be taken; the state of its series is as it was.</exception>
    /// <exception cref="ArgumentException">The id is empty.</exception>
    public Forecast Observe(string seriesId, in Observation observation)
    {
        var shard = ShardOf(seriesId);
        lock (shard.Lock) return Model.Forecast(seriesId, shard.Observe(seriesId, observation));
    }

    /// <summary>Takes an event and writes the forecast's numbers. Allocates nothing for a series that is there.</summary>
    /// <param name="forecast">Output in raw units, <c>(H, Q)</c>, ascending within a row; empty to take the event alone.</param>
    /// <exception cref="ObservationException">The event cannot be taken; the state of its series is as it was.</exception>
    /// <exception cref="ArgumentException">The id is empty, or the output too short.</exception>
    public void Observe(string seriesId, in Observation observation, Span<double> forecast)
    {
        if (!forecast.IsEmpty && forecast.Length < Model.ForecastLength)
            throw new ArgumentException($"{forecast.Length} numbers of room for {Model.ForecastLength}", nameof(forecast));
        var shard = ShardOf(seriesId);
        lock (shard.Lock)
        {
            var state = shard.Observe(seriesId, observation);
            if (!forecast.IsEmpty) Model.Forecast(state, forecast);
        }
    }

    /// <summary>The forecast after the last event of a series; changes nothing.</summary>
    /// <exception cref="KeyNotFoundException">The series has not been seen.</exception>
    public Forecast Forecast(string seriesId)
    {
        var shard = ShardOf(seriesId);
        lock (shard.Lock)
        {
            return shard.TryGet(seriesId, out var state)
                ? Model.Forecast(seriesId, state)
                : throw new KeyNotFoundException($"series '{seriesId}' has not been seen");
        }
    }

    /// <summary>Whether a series has been seen.</summary>
    public bool Contains(string seriesId)
    {
        var shard = ShardOf(seriesId);
        lock (shard.Lock) return shard.TryGet(seriesId, out _);
    }

    /// <summary>The steps that a series has taken, filled ones included, and the time of its last event; null if it has not been seen.</summary>
    public (long Count, DateTime LastTime)? Progress(string seriesId)
    {
        var shard = ShardOf(seriesId);
        lock (shard.Lock) return shard.TryGet(seriesId, out var state) ? Model.Progress(state) : null;
    }

    /// <summary>Forgets a series; its next event begins it anew.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(string seriesId)
    {
        var shard = ShardOf(seriesId);
        lock (shard.Lock) return shard.Remove(seriesId);
    }

    /// <summary>
    /// Writes all states to a file: format version, model hash, checksum; to a temporary file first, then renamed. Other threads may go on:
    /// each series is written as it is between two of its events.
    /// </summary>
    /// <exception cref="IOException">The file cannot be written; one that was there is as it was.</exception>
    public void Snapshot(string path) => SnapshotFile.Write(path, this);

    /// <summary>The ids of all series, shard by shard, taken now.</summary>
    public IReadOnlyList<string> SeriesIds()
    {
        var ids = new List<string>();
        foreach (var shard in _shards)
            lock (shard.Lock) ids.AddRange(shard.Ids);
        return ids;
    }

    internal bool TryCopyState(string seriesId, Span<float> copy)
    {
        var shard = ShardOf(seriesId);
        lock (shard.Lock)
        {
            if (!shard.TryGet(seriesId, out var state)) return false;
            state.CopyTo(copy);
            return true;
        }
    }

    internal void AddState(string seriesId, ReadOnlySpan<float> state)
    {
        var shard = ShardOf(seriesId);
        lock (shard.Lock) state.CopyTo(shard.Add(seriesId));
    }

    private StateShard ShardOf(string seriesId)
    {
        ArgumentException.ThrowIfNullOrEmpty(seriesId);
        return _shards[(uint)seriesId.GetHashCode(StringComparison.Ordinal) % (uint)_shards.Length];
    }
}
