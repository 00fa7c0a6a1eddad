using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>
/// Told of every event that is taken, in order, and of those refused after they had waited. Called while the shard of the series is locked:
/// copy what is needed and return; do not call the engine.
/// </summary>
public interface IObservationSink
{
    /// <summary>An event was taken.</summary>
    void Taken(in TakenEvent taken);

    /// <summary>An event that had waited behind a gap turned out to be one that cannot be taken.</summary>
    void Refused(string seriesId, ObservationException refusal)
    {
    }
}

/// <summary>An event that was just taken, with the way to its forecast. Good until the sink returns.</summary>
public readonly ref struct TakenEvent
{
    private readonly StateShard _shard;
    private readonly int _position;

    internal TakenEvent(StateShard shard, int position, string seriesId, long sequence, in Observation observation)
    {
        (_shard, _position, SeriesId, Sequence, Observation) = (shard, position, seriesId, sequence, observation);
    }

    /// <summary>The series.</summary>
    public string SeriesId { get; }

    /// <summary>The event's sequence number; <see cref="StreamingEngine.NoSequence"/> without one.</summary>
    public long Sequence { get; }

    /// <summary>What was observed.</summary>
    public Observation Observation { get; }

    /// <summary>Writes the forecast after this event. Allocates nothing.</summary>
    public void Forecast(ForecastBuffer forecast) => _shard.Forecast(_position, forecast);

    /// <summary>The bytes that a companion keeps of the series, after this event.</summary>
    /// <exception cref="ArgumentException">The engine has no such companion.</exception>
    public ReadOnlySpan<byte> Companion(SeriesCompanion companion) => _shard.Companion(_position, companion);
}
