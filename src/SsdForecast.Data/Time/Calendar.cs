namespace SsdForecast.Data;

/// <summary>Calendar features: two numbers, <c>sin 2πφ</c> and <c>cos 2πφ</c>, for each cycle, φ the fraction of the cycle that has passed.</summary>
public static class Calendar
{
    /// <summary>
    /// The cycles that an index resolves, in the order of <see cref="CalendarCycle"/>: a step must be shorter than half the cycle.
    /// Hours see all three, days the week and the year, weeks, months and quarters the year, years none. An irregular index is judged by its
    /// median step, an ordinal one has none.
    /// </summary>
    public static IReadOnlyList<CalendarCycle> CyclesFor(TimeIndex index)
    {
        ArgumentNullException.ThrowIfNull(index);
        if (!index.HasTimestamps || index.MedianStep <= TimeSpan.Zero) return [];
        var days = index.MedianStep.TotalDays;
        var cycles = new List<CalendarCycle>();
        if (days < 0.5) cycles.Add(CalendarCycle.HourOfDay);
        if (days < 3.5) cycles.Add(CalendarCycle.DayOfWeek);
        if (days < 182) cycles.Add(CalendarCycle.DayOfYear);
        return cycles;
    }

    /// <summary>Writes sine and cosine of each cycle at a time.</summary>
    /// <param name="t">The time.</param>
    /// <param name="cycles">The cycles.</param>
    /// <param name="destination">At least 2 numbers a cycle: sine, cosine, sine, …</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static void Write(DateTime t, IReadOnlyList<CalendarCycle> cycles, Span<float> destination)
    {
        if (destination.Length < 2 * cycles.Count)
            throw new ArgumentException(
                $"{cycles.Count} cycles take {2 * cycles.Count} numbers; the destination holds {destination.Length}.",
                nameof(destination));
        for (var i = 0; i < cycles.Count; i++)
        {
            var (sin, cos) = Math.SinCos(2 * Math.PI * Phase(t, cycles[i]));
            destination[2 * i] = (float)sin;
            destination[(2 * i) + 1] = (float)cos;
        }
    }

    /// <summary>The fraction of the cycle that has passed at a time, in [0, 1).</summary>
    public static double Phase(DateTime t, CalendarCycle cycle)
    {
        var day = t.TimeOfDay.Ticks / (double)TimeSpan.TicksPerDay;
        return cycle switch
        {
            CalendarCycle.HourOfDay => day,
            CalendarCycle.DayOfWeek => ((((int)t.DayOfWeek + 6) % 7) + day) / 7,
            CalendarCycle.DayOfYear => (t.DayOfYear - 1 + day) / (DateTime.IsLeapYear(t.Year) ? 366 : 365),
            _ => throw new ArgumentOutOfRangeException(nameof(cycle), cycle, "Not a cycle of the calendar."),
        };
    }
}
