using SsdForecast.Data;

namespace SsdForecast.Reports;

/// <summary>The central intervals that a forecast's quantiles make.</summary>
public static class Fan
{
    /// <summary>
    /// Pairs each level below 0.5 with its mirror above and makes an interval of each pair, the widest first; empty for a point forecast
    /// or levels without mirrors.
    /// </summary>
    public static IReadOnlyList<Interval> Intervals(Forecast forecast)
    {
        ArgumentNullException.ThrowIfNull(forecast);
        return [.. Pairs(forecast.Levels).Select(p => new Interval(
            Math.Round(forecast.Levels[p.Upper] - forecast.Levels[p.Lower], 6), Column(forecast, p.Lower), Column(forecast, p.Upper)))];
    }

    /// <summary>Indices of the levels that mirror each other about 0.5, the widest pair first.</summary>
    internal static IEnumerable<(int Lower, int Upper)> Pairs(IReadOnlyList<double> levels)
    {
        for (var i = 0; i < levels.Count && levels[i] < 0.5; i++)
        {
            for (var j = levels.Count - 1; j > i; j--)
                if (Math.Abs(levels[i] + levels[j] - 1) < 1e-6) yield return (i, j);
        }
    }

    /// <summary>A name for the legend: <c>50 % and 90 % interval</c>; null for no interval.</summary>
    internal static string? Name(IReadOnlyList<double> probabilities) => probabilities.Count switch
    {
        0 => null,
        1 => $"{Round(probabilities[0])}\u00A0% interval",
        2 => $"{Round(probabilities.Min())}\u00A0% and {Round(probabilities.Max())}\u00A0% interval",
        _ => $"intervals, {Round(probabilities.Min())}\u00A0% to {Round(probabilities.Max())}\u00A0%",
    };

    private static string Round(double probability) => NumberFormat.Value(probability * 100, 3) is var text && text.Contains('.') ? text.TrimEnd('0').TrimEnd('.') : text;

    private static double[] Column(Forecast forecast, int q)
    {
        var column = new double[forecast.Horizon];
        for (var h = 0; h < column.Length; h++) column[h] = forecast.Values[h, q];
        return column;
    }
}
