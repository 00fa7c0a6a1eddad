using System.Globalization;

namespace SsdForecast.Reports;

/// <summary>
/// Ticks on calendar boundaries with labels on two lines: the fine unit under every tick, the unit above it (the day over hours, the month over
/// days, the year over months) once, where it begins.
/// </summary>
internal static class TimeTicks
{
    // In full and, should that not fit, shorter; the second of a pair is used where the year is already plain from the label before.
    private static readonly (string First, string Next)[] DayContexts =
        [("ddd d MMM yyyy", "ddd d MMM yyyy"), ("ddd d MMM yyyy", "ddd d MMM"), ("d MMM yyyy", "d MMM"), ("d MMM", "d MMM")];

    private static readonly (string First, string Next)[] MonthContexts = [("MMMM yyyy", "MMMM yyyy"), ("MMM yyyy", "MMM yyyy"), ("MMM yyyy", "MMM")];
    private static readonly (string First, string Next)[] YearContexts = [("yyyy", "yyyy")];

    /// <summary>The finest ticks whose labels fit on both lines.</summary>
    public static TickSet Horizontal(double min, double max, AxisSpace space)
    {
        var (from, to) = (ChartTime.FromX(min), ChartTime.FromX(max));
        var scale = new Scale(min, max, space.Left, space.Right);
        TickSet? sparse = null;
        foreach (var step in TimeStep.Ladder)
        {
            if ((max - min) / step.Seconds > space.Length / 30) continue;
            var times = step.Between(from, to).ToList();
            if (times.Count == 0) break;
            if (Fitting(step, times, space, scale) is not { } set) continue;
            if (times.Count >= 2) return set;
            sparse = set; // one tick says where but not how far: only when there is nothing finer
            break;
        }
        return Ends(from, to, space, scale) ?? sparse ?? new TickSet([]);
    }

    /// <summary>A time in full, as precise as the distance between observations asks.</summary>
    public static string Full(DateTime time, double stepSeconds) => time.ToString(
        stepSeconds switch
        {
            >= 300 * 86400 => "yyyy",
            >= 27 * 86400 => "MMM yyyy",
            >= 86400 when time.TimeOfDay == TimeSpan.Zero => "ddd d MMM yyyy",
            >= 60 when time.Second == 0 => "ddd d MMM yyyy HH:mm",
            >= 1 => "ddd d MMM yyyy HH:mm:ss",
            _ => "d MMM yyyy HH:mm:ss.fff",
        },
        CultureInfo.InvariantCulture);

    private static TickSet? Fitting(TimeStep step, List<DateTime> times, AxisSpace space, Scale scale)
    {
        var labels = times.ConvertAll(t => Text(t, FineFormat(step.Unit)));
        if (!LabelRow.Fits(Spans(times, labels, space, scale), AxisSpace.Gap)) return null;
        if (step.Context is not { } unit) return new([.. times.Select((t, i) => new Tick(ChartTime.ToX(t), labels[i]))]);

        // The first period is usually cut off; when its name stands in the way of the next one's, the next one's is kept.
        var begins = Beginnings(times, unit);
        foreach (var format in ContextFormats(unit))
        {
            for (var skip = 0; skip <= Math.Min(1, begins.Count - 1); skip++)
            {
                var named = begins.GetRange(skip, begins.Count - skip);
                var names = named.Select((i, k) => Text(times[i], k > 0 && times[named[k - 1]].Year == times[i].Year ? format.Next : format.First)).ToList();
                if (!LabelRow.Fits(Spans(named.ConvertAll(i => times[i]), names, space, scale), AxisSpace.Gap)) continue;
                var contexts = named.Zip(names).ToDictionary(p => p.First, p => p.Second);
                return new([.. times.Select((t, i) => new Tick(ChartTime.ToX(t), labels[i], contexts.GetValueOrDefault(i)))]);
            }
        }
        return null;
    }

    // No calendar boundary twice within a short or narrow axis: its two ends then, in full.
    private static TickSet? Ends(DateTime from, DateTime to, AxisSpace space, Scale scale)
    {
        var seconds = (to - from).TotalSeconds;
        var (fine, coarse) = seconds switch
        {
            < 10 => ("HH:mm:ss.fff", "d MMM yyyy"),
            < 2 * 86400 => ("HH:mm", "d MMM yyyy"),
            < 300 * 86400.0 => ("d MMM", "yyyy"),
            _ => ("MMM", "yyyy"),
        };
        DateTime[] both = [from, to];
        var labels = both.Select(t => Text(t, fine)).ToList();
        var contexts = both.Select(t => Text(t, coarse)).ToList();
        if (!LabelRow.Fits(Spans(both, labels, space, scale), AxisSpace.Gap)) return null;
        var fits = contexts[0] != contexts[1] && LabelRow.Fits(Spans(both, contexts, space, scale), AxisSpace.Gap);
        return new(
        [
            new(scale.Min, labels[0], contexts[0]),
            new(scale.Max, labels[1], fits ? contexts[1] : null),
        ]);
    }

    private static List<int> Beginnings(List<DateTime> times, TimeUnit unit)
    {
        var begins = new List<int>();
        for (var i = 0; i < times.Count; i++)
            if (i == 0 || Period(times[i], unit) != Period(times[i - 1], unit)) begins.Add(i);
        return begins;
    }

    private static long Period(DateTime time, TimeUnit unit) => unit switch
    {
        TimeUnit.Year => time.Year,
        TimeUnit.Month => time.Year * 12L + time.Month,
        _ => time.Ticks / TimeSpan.TicksPerDay,
    };

    private static List<TextSpan> Spans(IReadOnlyList<DateTime> times, List<string> labels, AxisSpace space, Scale scale) =>
        [.. times.Select((t, i) => space.Span(labels[i], ChartTime.ToX(t), scale))];

    private static (string First, string Next)[] ContextFormats(TimeUnit unit) => unit switch
    {
        TimeUnit.Year => YearContexts,
        TimeUnit.Month => MonthContexts,
        _ => DayContexts,
    };

    private static string FineFormat(TimeUnit unit) => unit switch
    {
        TimeUnit.Year => "yyyy",
        TimeUnit.Month => "MMM",
        TimeUnit.Day or TimeUnit.Week => "%d",
        TimeUnit.Hour or TimeUnit.Minute => "HH:mm",
        TimeUnit.Second => "HH:mm:ss",
        _ => "HH:mm:ss.fff",
    };

    private static string Text(DateTime time, string format) => time.ToString(format, CultureInfo.InvariantCulture);
}
