namespace SsdForecast.Runtime;

/// <summary>Events that threads refuse, collected.</summary>
internal sealed class RefusedEvents
{
    private readonly Lock _lock = new();
    private readonly List<RefusedEvent> _events = [];

    /// <summary>By run, and by event within a run: the same whatever the threads.</summary>
    public IReadOnlyList<RefusedEvent> InOrder => _events.Count == 0 ? [] : [.. _events.OrderBy(e => e.Run).ThenBy(e => e.Event)];

    public void Add(RefusedEvent e)
    {
        lock (_lock) _events.Add(e);
    }
}
