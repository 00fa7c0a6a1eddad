using SsdForecast.Data;

namespace SsdForecast.Reports;

/// <summary>Pictures of errors, of all models of a report together. Each is null where there is too little to see.</summary>
internal sealed class ErrorCharts(ReportInput input, ErrorScale scale)
{
    private const int MostSeriesBars = 16;
    private const int LeastWindows = 8;
    private const int MostPoints = 1500;

    private string Unit => scale.IsScaled ? "times the naive error" : input.Unit ?? "";

    /// <summary>The mean absolute error at each lead time.</summary>
    public Chart? ByLead()
    {
        var given = input.ErrorsByLead.Any(e => e.Errors.Any(double.IsFinite));
        var errors = given
            ? input.ErrorsByLead
            : [.. input.Models.Select(m => new LeadErrors(m.Model, Evaluation.MaeByLead(m.Forecasts, scale.Of)))];
        var shown = errors.Where(e => e.Errors.Count(double.IsFinite) > 1).ToList();
        if (shown.Count == 0) return null;
        var frequency = input.History.Count > 0 && input.History[0].Index is { HasTimestamps: true } index ? index.Frequency : null;
        return new Chart
        {
            Title = "Error by lead time",
            Subtitle = "Mean absolute error of the median; lower is better",
            X = Axis.Number("Lead time", frequency is { } f ? $"steps of {StepText.Of(f)}" : "steps") with { WholeNumbers = true, Cycle = frequency?.SeasonLengths[0] ?? 0 },
            Y = Axis.Number("Mean absolute error", given ? input.ErrorsByLeadUnit : Unit) with { FromZero = true },
            Layers = [.. shown.AsEnumerable().Reverse().Select(e => Line(e.Model, [.. Enumerable.Range(1, e.Errors.Count).Select(h => (double)h)], [.. e.Errors]))],
        };
    }

    /// <summary>The mean absolute error of each series, when there are a few of them.</summary>
    public Chart? BySeries()
    {
        if (scale.Count is < 2 or > MostSeriesBars) return null;
        var ids = input.Models[0].Forecasts.Select(f => f.Forecast.SeriesId).Distinct(StringComparer.Ordinal).ToList();
        var layers = new List<Layer>();
        for (var m = 0; m < input.Models.Count; m++)
        {
            var errors = input.Models[m].Forecasts.GroupBy(f => f.Forecast.SeriesId, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => Mean(g.Select(f => Metrics.Mae(f.Actual, f.Forecast.Median) / scale.Of(g.Key))), StringComparer.Ordinal);
            var values = ids.ConvertAll(id => errors.GetValueOrDefault(id, double.NaN));
            if (values.Exists(double.IsFinite)) layers.Add(new BarLayer(input.Models[m].Model, [.. Enumerable.Range(0, ids.Count).Select(i => (double)i)], [.. values], ModelTone.Of(m)));
        }
        return layers.Count == 0 || ids.Count < 2 ? null : new Chart
        {
            Title = "Error by series",
            Subtitle = "Mean absolute error of the median; lower is better",
            X = Axis.Category(ids),
            Y = Axis.Number("Mean absolute error", Unit) with { FromZero = true },
            Layers = layers,
        };
    }

    /// <summary>How errors of windows are distributed: for each error the share of windows that stay below it.</summary>
    public Chart? Distribution()
    {
        var sorted = input.Models.Select(m => WindowErrors(m).Select(w => w.Error).Order().ToArray()).ToList();
        if (sorted[0].Length < LeastWindows) return null;
        // A few huge errors must not squeeze the rest into a corner: past three times the 95th percentile the axis ends, and says so.
        var pooled = sorted.SelectMany(s => s).Order().ToArray();
        var end = Math.Min(pooled[^1], 3 * Quantiles.OfSorted(pooled, 0.95));
        var beyond = pooled.Count(e => e > end);
        return new Chart
        {
            Title = "How errors are spread",
            Subtitle = "Share of windows with a smaller error; further left is better" + (beyond == 0 ? "" : $". {NumberFormat.Count(beyond)} larger, up to {NumberFormat.Value(pooled[^1], 3)}, lie beyond"),
            X = Axis.Number("Mean absolute error", Unit) with { Min = 0, Max = end > 0 ? end : 1 },
            Y = Axis.Number("Share of windows", "%") with { Min = 0, Max = 100 },
            Layers = [.. Enumerable.Range(0, sorted.Count).Reverse().Where(m => sorted[m].Length > 1).Select(m =>
                new LineLayer(input.Models[m].Model, sorted[m], [.. sorted[m].Select((_, i) => 100.0 * (i + 1) / sorted[m].Length)], ModelTone.Of(m)) { Tooltip = false, LegendRank = m, Width = m == 0 ? 2.25 : 1.6 })],
        };
    }

    /// <summary>Errors in the order in which forecasts were made: for each origin the mean over a span of origins up to it.</summary>
    public Chart? Prequential()
    {
        var byOrigin = input.Models.Select(m => WindowErrors(m).GroupBy(w => w.X).OrderBy(g => g.Key).Select(g => (X: g.Key, Error: g.Average(w => w.Error))).ToArray()).ToList();
        if (byOrigin[0].Length < LeastWindows || !SeveralOrigins) return null;
        var hasTimes = HasTimes;
        var span = Math.Max(3, byOrigin[0].Length / 12);
        return new Chart
        {
            Title = "Error as time went on",
            Subtitle = $"Mean absolute error over the last {span} forecast origins; lower is better",
            X = hasTimes ? Axis.Time() : Axis.Number("Row of the first forecast value") with { WholeNumbers = true },
            Y = Axis.Number("Mean absolute error", Unit) with { FromZero = true },
            Layers = [.. Enumerable.Range(0, byOrigin.Count).Reverse().Where(m => byOrigin[m].Length >= span).Select(m =>
                Line(input.Models[m].Model, [.. byOrigin[m].Skip(span - 1).Select(p => p.X)], Rolling([.. byOrigin[m].Select(p => p.Error)], span)))],
        };
    }

    /// <summary>Actual value less forecast, of the model that the report is about: over time, or over lead times when every forecast has the same origin.</summary>
    public Chart? Residuals()
    {
        var points = new List<(double X, double Y)>();
        var forecasts = input.Models[0].Forecasts;
        var overTime = SeveralOrigins;
        var hasTimes = overTime && HasTimes;
        foreach (var (forecast, actual) in forecasts)
        {
            var median = forecast.Median;
            for (var h = 0; h < median.Length; h++)
            {
                var x = !overTime ? h + 1 : hasTimes ? ChartTime.ToX(forecast.Times[h]) : forecast.Origin + 1.0 + h;
                var y = (actual[h] - median[h]) / scale.Of(forecast.SeriesId);
                if (double.IsFinite(y)) points.Add((x, y));
            }
        }
        if (points.Count < 2 * LeastWindows) return null;
        var all = points.Count;
        // Every k-th in order of position: even over time, and the same at every run.
        var every = (all + MostPoints - 1) / MostPoints;
        points = [.. points.OrderBy(p => p.X).Where((_, i) => i % every == 0)];
        var bias = Mean(points.Select(p => p.Y));
        return new Chart
        {
            Title = "What the model missed",
            Subtitle = $"Actual value less median forecast{(every > 1 ? $", {NumberFormat.Count(points.Count)} of {NumberFormat.Count(all)} shown" : "")}; above zero the forecast was too low. Mean\u00A0{NumberFormat.Value(bias, 2)}\u00A0{Unit}".TrimEnd(),
            X = !overTime ? Axis.Number("Lead time", "steps") with { WholeNumbers = true } : hasTimes ? Axis.Time() : Axis.Number("Row") with { WholeNumbers = true },
            Y = Axis.Number("Residual", Unit),
            Layers = [new PointLayer(null, [.. points.Select(p => p.X)], [.. points.Select(p => p.Y)], Tone.Blue) { Radius = points.Count > 400 ? 1.4 : 2.2, Opacity = points.Count > 400 ? 0.45 : 0.7 }],
        };
    }

    // One window a series, as in M4: its row says how long the series is and nothing of time.
    private bool SeveralOrigins => input.Models[0].Forecasts.GroupBy(f => f.Forecast.SeriesId, StringComparer.Ordinal).Any(g => g.Select(f => f.Forecast.Origin).Distinct().Skip(1).Any());

    private bool HasTimes => input.Models.All(m => m.Forecasts.All(f => f.Forecast.Times.Count == f.Forecast.Horizon));

    private LineLayer Line(string model, double[] x, double[] y)
    {
        var index = input.Models.Select(m => m.Model).ToList().IndexOf(model);
        return new(model, x, y, index < 0 ? Tone.Muted : ModelTone.Of(index)) { Width = index == 0 ? 2.25 : 1.6, LegendRank = index < 0 ? int.MaxValue : index };
    }

    private IEnumerable<(double X, double Error)> WindowErrors(ModelForecasts model)
    {
        var hasTimes = HasTimes;
        return model.Forecasts.Where(f => f.Forecast.Horizon > 0)
            .Select(f => (X: hasTimes ? ChartTime.ToX(f.Forecast.Times[0]) : f.Forecast.Origin + 1.0, Error: Metrics.Mae(f.Actual, f.Forecast.Median) / scale.Of(f.Forecast.SeriesId)))
            .Where(w => double.IsFinite(w.Error));
    }

    private static double Mean(IEnumerable<double> values) => values.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();

    // The mean of each value and those before it, from the first that has enough before it.
    private static double[] Rolling(double[] values, int span)
    {
        var means = new double[values.Length - span + 1];
        for (var i = 0; i < means.Length; i++) means[i] = values.AsSpan(i, span).ToArray().Average();
        return means;
    }
}
