using System.Globalization;
using SsdForecast.Data;

namespace SsdForecast.Reports;

/// <summary>Makes the data summary of a report.</summary>
public static class DataSummary
{
    /// <summary>The facts of a loaded table: file, series, rows, span, step, missing values and what the loader repaired.</summary>
    public static IReadOnlyList<Fact> Of(SeriesTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var facts = new List<Fact>();
        if (table.Source is { } source) facts.Add(new("File", Path.GetFileName(source)));
        facts.AddRange(Of(table.Series));
        if (table.CovariateNames.Count > 0) facts.Add(new("Covariates", string.Join(", ", table.CovariateNames)));
        if (table.StaticNames.Count > 0) facts.Add(new("Static covariates", string.Join(", ", table.StaticNames)));
        Tally("Duplicate rows", table.Report.Duplicates);
        Tally("Rows out of order", table.Report.OutOfOrder);
        Tally("Rows inserted in gaps", table.Report.GapsFilled);
        return facts;

        void Tally(string label, RowTally tally)
        {
            if (tally.Count > 0) facts.Add(new(label, $"{NumberFormat.Count(tally.Count)}, first at line {tally.FirstLine.ToString(CultureInfo.InvariantCulture)}"));
        }
    }

    /// <summary>The facts of some series: how many, rows, span, step and missing values.</summary>
    public static IReadOnlyList<Fact> Of(IReadOnlyList<Series> series)
    {
        ArgumentNullException.ThrowIfNull(series);
        if (series.Count == 0) return [];
        var facts = new List<Fact>
        {
            new("Series", NumberFormat.Count(series.Count)),
            new("Rows", Rows(series)),
        };
        var timed = series.Where(s => s.Index.HasTimestamps && s.Count > 0).ToList();
        if (timed.Count > 0) facts.Add(new("Span", $"{Time(timed.Min(s => s.Index[0]))} to {Time(timed.Max(s => s.Index[s.Count - 1]))}"));
        facts.Add(new("Step", StepText.Of(series[0].Index)));
        var rows = series.Sum(s => (long)s.Count);
        var missing = rows - series.Sum(s => (long)s.ObservedCount);
        facts.Add(new("Missing values", missing == 0 ? "none" : $"{NumberFormat.Count(missing)} ({NumberFormat.Percent(missing / (double)rows, 2)})"));
        return facts;
    }

    private static string Rows(IReadOnlyList<Series> series)
    {
        var (min, max, sum) = (series.Min(s => s.Count), series.Max(s => s.Count), series.Sum(s => (long)s.Count));
        if (series.Count == 1) return NumberFormat.Count(sum);
        return min == max ? $"{NumberFormat.Count(min)} each, {NumberFormat.Count(sum)} in all" : $"{NumberFormat.Count(min)} to {NumberFormat.Count(max)} each, {NumberFormat.Count(sum)} in all";
    }

    private static string Time(DateTime time) => time.ToString(time.TimeOfDay == TimeSpan.Zero ? "d MMM yyyy" : "d MMM yyyy HH:mm", CultureInfo.InvariantCulture);
}
