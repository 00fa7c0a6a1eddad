namespace SsdForecast.Streaming;

/// <summary>
/// When the event log is forced to the disk. A process that ends, however it ends, loses nothing either way; this is about machines that lose
/// power or crash, which lose what was not yet forced.
/// </summary>
public sealed record LogSync
{
    private LogSync(long events, TimeSpan interval) => (Events, Time) = (events, interval);

    /// <summary>After every event, before the call returns: nothing is lost, at the price of a disk's write an event.</summary>
    public static LogSync EachEvent { get; } = new(1, Timeout.InfiniteTimeSpan);

    /// <summary>Never by itself: by <see cref="StreamingEngine.Flush"/>, at snapshots and at the end.</summary>
    public static LogSync Never { get; } = new(0, Timeout.InfiniteTimeSpan);

    /// <summary>Events after which; 0 for no such number.</summary>
    public long Events { get; }

    /// <summary>Time after which; <see cref="Timeout.InfiniteTimeSpan"/> for no such time.</summary>
    public TimeSpan Time { get; }

    /// <summary>After so many events.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not positive.</exception>
    public static LogSync EachEvents(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return new LogSync(count, Timeout.InfiniteTimeSpan);
    }

    /// <summary>So long after the first event that is not yet on the disk.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not positive, or more than a day.</exception>
    public static LogSync Interval(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(time, TimeSpan.FromDays(1));
        return new LogSync(0, time);
    }
}
