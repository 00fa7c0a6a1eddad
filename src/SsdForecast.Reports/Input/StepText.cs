using System.Globalization;
using SsdForecast.Data;

namespace SsdForecast.Reports;

/// <summary>Steps and spans of time in words.</summary>
internal static class StepText
{
    /// <summary>The distance between two rows: <c>30 minutes</c>, <c>1 hour</c>, <c>irregular, about 5 minutes</c>, <c>row (no times)</c>.</summary>
    public static string Of(TimeIndex index)
    {
        if (!index.HasTimestamps) return "1 row (no times)";
        if (index.Frequency is { } frequency) return Of(frequency);
        return index.MedianStep > TimeSpan.Zero ? $"irregular, median {Span(index.MedianStep)}" : "irregular";
    }

    /// <summary>A frequency in words.</summary>
    public static string Of(Frequency frequency) => Plural(frequency.Count, frequency.Unit switch
    {
        FrequencyUnit.Ordinal => "row",
        var unit => unit.ToString().ToLowerInvariant(),
    });

    /// <summary>A horizon: <c>48 steps (1 day)</c>, or <c>48 steps</c> where steps have no length.</summary>
    public static string Horizon(int steps, TimeIndex? index)
    {
        var text = Plural(steps, "step");
        if (index is null || !index.HasTimestamps) return text;
        if (index.Frequency is { Unit: FrequencyUnit.Month or FrequencyUnit.Quarter or FrequencyUnit.Year } calendar) return $"{text} ({Of(new Frequency(calendar.Unit, calendar.Count * steps))})";
        return index is { IsRegular: true } ? $"{text} ({Span(index.MedianStep * steps)})" : text;
    }

    /// <summary>A span in its largest fitting unit, at most one decimal.</summary>
    public static string Span(TimeSpan span)
    {
        (double Length, string Unit)[] units = [(span.TotalDays, "day"), (span.TotalHours, "hour"), (span.TotalMinutes, "minute"), (span.TotalSeconds, "second"), (span.TotalMilliseconds, "millisecond")];
        foreach (var (length, unit) in units)
            if (length >= 1) return Plural(Math.Round(length, 1), unit);
        return "0 seconds";
    }

    private static string Plural(double count, string unit) => $"{count.ToString("#,0.#", CultureInfo.InvariantCulture)} {unit}{(count == 1 ? "" : "s")}";
}
