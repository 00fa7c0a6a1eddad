using SsdForecast.Data;

namespace SsdForecast.Reports;

/// <summary>
/// Whether quantiles mean what they say: for each level the share of actual values at or below the quantile, which should be the level.
/// </summary>
internal static class Calibration
{
    /// <summary>A level and the share observed at or below its quantile.</summary>
    public readonly record struct Point(double Level, double Observed);

    /// <summary>A central interval's nominal probability and the share observed inside.</summary>
    public readonly record struct Inside(double Nominal, double Observed);

    /// <summary>Levels and shares of a model; empty for a point model, for mixed levels, or without actual values.</summary>
    /// <param name="count">How many actual values were compared.</param>
    public static IReadOnlyList<Point> Of(ModelForecasts model, out long count)
    {
        count = 0;
        if (Levels(model) is not { } levels) return [];
        var below = new long[levels.Count];
        foreach (var (forecast, actual) in model.Forecasts)
        {
            for (var h = 0; h < actual.Length; h++)
            {
                if (!double.IsFinite(actual[h])) continue;
                count++;
                for (var q = 0; q < below.Length; q++)
                    if (actual[h] <= forecast.Values[h, q]) below[q]++;
            }
        }
        var total = count;
        return total == 0 ? [] : [.. levels.Select((level, q) => new Point(level, below[q] / (double)total))];
    }

    /// <summary>Central intervals of a model, ends included, the widest first.</summary>
    public static IReadOnlyList<Inside> Intervals(ModelForecasts model)
    {
        if (Levels(model) is not { } levels) return [];
        var result = new List<Inside>();
        foreach (var (lower, upper) in Fan.Pairs(levels))
        {
            long count = 0, inside = 0;
            foreach (var (forecast, actual) in model.Forecasts)
            {
                for (var h = 0; h < actual.Length; h++)
                {
                    if (!double.IsFinite(actual[h])) continue;
                    count++;
                    if (actual[h] >= forecast.Values[h, lower] && actual[h] <= forecast.Values[h, upper]) inside++;
                }
            }
            if (count > 0) result.Add(new(Math.Round(levels[upper] - levels[lower], 6), inside / (double)count));
        }
        return result;
    }

    /// <summary>Nominal against observed, all models with quantiles; null when there is none.</summary>
    public static Chart? Chart(ReportInput input)
    {
        var layers = new List<Layer>
        {
            new LineLayer("perfect", [0, 100], [0, 100], Tone.Muted) { Dash = LineDash.Dashed, Width = 1, Tooltip = false, LegendRank = int.MaxValue },
        };
        for (var m = input.Models.Count - 1; m >= 0; m--)
        {
            var points = Of(input.Models[m], out _);
            if (points.Count < 2) continue;
            double[] x = [.. points.Select(p => 100 * p.Level)], y = [.. points.Select(p => 100 * p.Observed)];
            layers.Add(new LineLayer(input.Models[m].Model, x, y, ModelTone.Of(m)) { Width = m == 0 ? 2.25 : 1.6, LegendRank = m });
            layers.Add(new PointLayer(null, x, y, ModelTone.Of(m)) { Radius = m == 0 ? 3 : 2.2 });
        }
        return layers.Count == 1 ? null : new Chart
        {
            Title = "Do the quantiles mean what they say?",
            Subtitle = $"Share of actual values at or below each quantile; on the dashed line is right.{Held(input.Models[0])}",
            X = Axis.Number("Nominal", "%") with { Min = 0, Max = 100 },
            Y = Axis.Number("Observed", "%") with { Min = 0, Max = 100 },
            Layers = layers,
        };
    }

    private static string Held(ModelForecasts model)
    {
        var intervals = Intervals(model);
        return intervals.Count == 0 ? "" : $" Intervals of {PlainText.Clean(model.Model)}: "
            + string.Join(", ", intervals.Reverse().Select(i => $"{NumberFormat.Percent(i.Nominal, 0)} held {NumberFormat.Percent(i.Observed)}"));
    }

    private static IReadOnlyList<double>? Levels(ModelForecasts model)
    {
        if (model.Forecasts.Count == 0) return null;
        var levels = model.Forecasts[0].Forecast.Levels;
        return levels.Count > 1 && model.Forecasts.All(f => f.Forecast.Levels.SequenceEqual(levels)) ? levels : null;
    }
}
