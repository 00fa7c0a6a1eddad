namespace SsdForecast.Reports;

/// <summary>A unit of the calendar.</summary>
internal enum TimeUnit
{
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// <summary>A distance between ticks that people read off a clock or a calendar.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="Count">How many of it.</param>
internal readonly record struct TimeStep(TimeUnit Unit, int Count)
{
    /// <summary>All steps, from a millisecond to a thousand years.</summary>
    public static IReadOnlyList<TimeStep> Ladder { get; } =
    [
        .. Steps(TimeUnit.Millisecond, 1, 2, 5, 10, 20, 50, 100, 200, 500),
        .. Steps(TimeUnit.Second, 1, 2, 5, 10, 15, 30),
        .. Steps(TimeUnit.Minute, 1, 2, 5, 10, 15, 30),
        .. Steps(TimeUnit.Hour, 1, 2, 3, 6, 12),
        .. Steps(TimeUnit.Day, 1, 2),
        .. Steps(TimeUnit.Week, 1, 2),
        .. Steps(TimeUnit.Month, 1, 2, 3, 6),
        .. Steps(TimeUnit.Year, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000),
    ];

    /// <summary>The usual length, in seconds.</summary>
    public double Seconds => Count * Unit switch
    {
        TimeUnit.Millisecond => 0.001,
        TimeUnit.Second => 1,
        TimeUnit.Minute => 60,
        TimeUnit.Hour => 3600,
        TimeUnit.Day => 86400,
        TimeUnit.Week => 7 * 86400,
        TimeUnit.Month => 30.4375 * 86400,
        _ => 365.25 * 86400,
    };

    /// <summary>The unit that the second line of labels names; null: none.</summary>
    public TimeUnit? Context => Unit switch
    {
        TimeUnit.Year => null,
        TimeUnit.Month => TimeUnit.Year,
        TimeUnit.Day or TimeUnit.Week => TimeUnit.Month,
        _ => TimeUnit.Day,
    };

    /// <summary>The ticks between two times, ends included.</summary>
    public IEnumerable<DateTime> Between(DateTime from, DateTime to)
    {
        var index = IndexAtOrAfter(from);
        while (At(index++) is { } time && time <= to)
            if (time >= from) yield return time;
    }

    private static TimeStep[] Steps(TimeUnit unit, params ReadOnlySpan<int> counts)
    {
        var steps = new TimeStep[counts.Length];
        for (var i = 0; i < steps.Length; i++) steps[i] = new(unit, counts[i]);
        return steps;
    }

    // Ticks are numbered from the year 1 (which began on a Monday) so that they do not depend on where the data starts.
    private long IndexAtOrAfter(DateTime from) => Unit switch
    {
        TimeUnit.Year => from.Year / Count,
        TimeUnit.Month => (from.Year * 12L + from.Month - 1) / Count,
        _ => from.Ticks / Length,
    };

    private DateTime? At(long index)
    {
        switch (Unit)
        {
            case TimeUnit.Year:
                var year = index * Count;
                return year is >= 1 and <= 9999 ? new DateTime((int)year, 1, 1) : year < 1 ? DateTime.MinValue : null;
            case TimeUnit.Month:
                var month = index * Count;
                return month / 12 is >= 1 and <= 9999 ? new DateTime((int)(month / 12), (int)(month % 12) + 1, 1) : null;
            default:
                return index <= DateTime.MaxValue.Ticks / Length ? new DateTime(index * Length) : null;
        }
    }

    private long Length => (long)(Seconds * TimeSpan.TicksPerSecond + 0.5);
}
