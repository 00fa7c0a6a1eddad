using SsdForecast.Data;

namespace SsdForecast.Reports;

/// <summary>Finds what happened after forecasts that were made earlier, as when a <c>forecast.csv</c> meets later data.</summary>
public static class ActualValues
{
    /// <summary>
    /// Joins forecasts to series: by time where both have times, else by row. A lead time that the data does not reach has NaN; a forecast whose
    /// series is not among <paramref name="history"/> has only NaN.
    /// </summary>
    public static IReadOnlyList<ForecastVersusActual> Join(IEnumerable<Forecast> forecasts, IEnumerable<Series> history)
    {
        ArgumentNullException.ThrowIfNull(forecasts);
        ArgumentNullException.ThrowIfNull(history);
        var series = history.ToDictionary(s => s.Id, StringComparer.Ordinal);
        var rows = new Dictionary<string, Dictionary<DateTime, int>>(StringComparer.Ordinal);
        var joined = new List<ForecastVersusActual>();
        foreach (var forecast in forecasts)
        {
            var actual = new double[forecast.Horizon];
            Array.Fill(actual, double.NaN);
            if (series.TryGetValue(forecast.SeriesId, out var found)) Fill(actual, forecast, found, rows);
            joined.Add(new(forecast, actual));
        }
        return joined;
    }

    private static void Fill(double[] actual, Forecast forecast, Series series, Dictionary<string, Dictionary<DateTime, int>> rows)
    {
        var byTime = forecast.Times.Count == forecast.Horizon && series.Index.HasTimestamps;
        if (byTime && !rows.ContainsKey(series.Id)) rows[series.Id] = series.Index.ToArray().Select((t, i) => (t, i)).ToDictionary(p => p.t, p => p.i);
        for (var h = 0; h < actual.Length; h++)
        {
            var row = byTime ? rows[series.Id].GetValueOrDefault(forecast.Times[h], -1) : forecast.Origin + 1 + h;
            if (row >= 0 && row < series.Count) actual[h] = series.Values[row];
        }
    }
}
