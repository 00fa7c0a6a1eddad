using SsdForecast.Data;

namespace SsdForecast.Cli.Forecasting;

/// <summary>
/// Sees to it that known covariates reach over the horizon: from the rows after the last value where the file has them, else by repeating their last season.
/// </summary>
internal static class FutureCovariates
{
    /// <summary>A table whose known covariates reach <paramref name="horizon"/> rows past each series' last value.</summary>
    /// <param name="table">The table as read.</param>
    /// <param name="known">Names of the known covariates.</param>
    /// <param name="horizon">Rows ahead.</param>
    /// <param name="season">Rows of a season.</param>
    /// <param name="repeated">Names of the columns that had to be repeated, for at least one series.</param>
    public static SeriesTable Extend(SeriesTable table, IReadOnlyList<string> known, int horizon, int season, out IReadOnlyList<string> repeated)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        var series = new List<Series>();
        foreach (var s in table.Series)
        {
            var end = s.LastObserved + 1 + horizon;
            if (known.Count == 0 || s.LastObserved < 0 || (s.Count >= end && known.All(n => Reaches(s, n, end)))) series.Add(s);
            else series.Add(Extend(s, known, Math.Max(end, s.Count), end, season, names));
        }
        repeated = [.. names];
        return names.Count == 0 ? table : new SeriesTable(series, table.Report, table.Source);
    }

    private static bool Reaches(Series series, string name, int end)
    {
        var column = series.Covariates[name];
        for (var t = series.LastObserved + 1; t < end; t++)
            if (double.IsNaN(column[t])) return false;
        return true;
    }

    private static Series Extend(Series series, IReadOnlyList<string> known, int count, int end, int season, SortedSet<string> repeated)
    {
        var covariates = new Dictionary<string, double[]>();
        foreach (var (name, column) in series.Covariates)
        {
            var longer = Lengthen(column, count);
            if (known.Contains(name) && Repeat(longer, series.LastObserved + 1, end, season)) repeated.Add(name);
            covariates[name] = longer;
        }
        return new Series(series.Id, Lengthen(series.Index, count), Lengthen(series.Values, count), covariates, series.Statics);
    }

    /// <summary>Fills what is missing from <paramref name="start"/> on from a season before, or from as many seasons before as it takes.</summary>
    private static bool Repeat(double[] column, int start, int end, int season)
    {
        var filled = false;
        for (var t = start; t < end; t++)
        {
            if (!double.IsNaN(column[t])) continue;
            for (var back = t - season; back >= 0 && double.IsNaN(column[t]); back -= season) column[t] = column[back];
            filled = true;
        }
        return filled;
    }

    private static double[] Lengthen(double[] values, int count)
    {
        var longer = new double[count];
        values.CopyTo(longer, 0);
        longer.AsSpan(values.Length).Fill(double.NaN);
        return longer;
    }

    private static TimeIndex Lengthen(TimeIndex index, int count)
    {
        if (count == index.Count) return index;
        if (!index.HasTimestamps) return TimeIndex.Ordinal(count);
        if (index.Frequency is { } frequency) return TimeIndex.Regular(index[0], frequency, count);
        return TimeIndex.Irregular([.. Enumerable.Range(0, count).Select(i => index[i])]);
    }
}
