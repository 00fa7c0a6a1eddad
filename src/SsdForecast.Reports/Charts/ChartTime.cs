namespace SsdForecast.Reports;

/// <summary>Times as coordinates: seconds since 1970-01-01, exact to a microsecond for the centuries that matter.</summary>
public static class ChartTime
{
    private static readonly double Earliest = ToX(DateTime.MinValue);
    private static readonly double Latest = ToX(DateTime.MaxValue);

    /// <summary>The coordinate of a time, in seconds. The kind (UTC or local) is not looked at: a chart shows clock readings as the data has them.</summary>
    public static double ToX(DateTime time)
    {
        var (seconds, rest) = Math.DivRem(time.Ticks - DateTime.UnixEpoch.Ticks, TimeSpan.TicksPerSecond);
        return seconds + rest / (double)TimeSpan.TicksPerSecond;
    }

    /// <summary>The time at a coordinate, rounded to the microsecond; clamped to the years 1 to 9999.</summary>
    public static DateTime FromX(double x)
    {
        if (double.IsNaN(x) || x <= Earliest) return DateTime.MinValue;
        if (x >= Latest) return DateTime.MaxValue;
        // Whole seconds and the rest apart: their product with 10^6 would lose digits that x has.
        var seconds = Math.Floor(x);
        var ticks = (long)seconds * TimeSpan.TicksPerSecond + (long)Math.Round((x - seconds) * 1e6) * TimeSpan.TicksPerMicrosecond;
        return new DateTime(Math.Clamp(DateTime.UnixEpoch.Ticks + ticks, 0, DateTime.MaxValue.Ticks));
    }

    /// <summary>The coordinates of many times.</summary>
    public static double[] ToX(IEnumerable<DateTime> times) => [.. times.Select(ToX)];
}
