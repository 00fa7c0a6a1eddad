using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>An event that waits for those before it, with covariates of its own.</summary>
/// <param name="Key">Ticks of its time, or its sequence number where the model has no timestamps.</param>
internal sealed record WaitingEvent(long Key, long Sequence, Observation Observation);

/// <summary>The events of one series that wait behind a gap, in the order of their keys. A series without a gap has none.</summary>
internal sealed class ReorderBuffer
{
    private readonly List<WaitingEvent> _events = [];

    public int Count => _events.Count;

    public WaitingEvent First => _events[0];

    public IReadOnlyList<WaitingEvent> Events => _events;

    /// <summary>Whether an event of this key or sequence number waits.</summary>
    public bool Holds(long key, long sequence)
    {
        foreach (var e in _events)
            if (e.Key == key || (sequence != StreamingEngine.NoSequence && e.Sequence == sequence)) return true;
        return false;
    }

    /// <summary>Whether an event of this sequence number waits.</summary>
    public bool HoldsNumber(long sequence) => _events.Exists(e => e.Sequence == sequence);

    /// <summary>Adds an event, copying its covariates.</summary>
    public void Add(long key, long sequence, in Observation o)
    {
        var at = _events.Count;
        while (at > 0 && _events[at - 1].Key > key) at--;
        _events.Insert(at, new WaitingEvent(key, sequence, o with
        {
            PastCovariates = o.PastCovariates.ToArray(),
            KnownCovariates = o.KnownCovariates.ToArray(),
            StaticCovariates = o.StaticCovariates.ToArray(),
        }));
    }

    public WaitingEvent TakeFirst()
    {
        var first = _events[0];
        _events.RemoveAt(0);
        return first;
    }
}
