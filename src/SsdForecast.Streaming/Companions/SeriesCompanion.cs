using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>
/// Something kept for each series beside its state, a fixed number of bytes: calibration, drift, anomaly scores and the like. The bytes lie
/// in the slab behind the state, go with it into snapshots and to the store, and are brought up by the same events when the log is replayed;
/// so what a companion does must follow from its bytes and the events alone. Every call holds the lock of the series' shard; a companion is
/// shared by all shards and keeps nothing of a series outside its bytes.
/// </summary>
public abstract class SeriesCompanion
{
    /// <summary>Its name, with a version where its bytes change meaning. Snapshots carry it: one of other companions is refused by name.</summary>
    public abstract string Name { get; }

    /// <summary>Bytes a series; a multiple of 8.</summary>
    public abstract int Bytes { get; }

    /// <summary>A series begins; its bytes are zero.</summary>
    public virtual void Begin(string seriesId, Span<byte> own)
    {
    }

    /// <summary>An event that will be taken, before the state has. The state has taken no event yet where it is the first one.</summary>
    public virtual void Taking(string seriesId, in Observation observation, ReadOnlySpan<float> state, Span<byte> own)
    {
    }

    /// <summary>The event was taken. Steps that are filled before an event do not come here.</summary>
    public virtual void Taken(string seriesId, in Observation observation, ReadOnlySpan<float> state, Span<byte> own)
    {
    }

    /// <summary>May change a forecast before it is given out.</summary>
    /// <param name="forecast">Raw units, <c>(H, Q)</c>; must stay ascending within a row.</param>
    public virtual void Adjust(ReadOnlySpan<byte> own, Span<double> forecast)
    {
    }
}
