namespace SsdForecast.Data;

/// <summary>Measures forecasts against what happened.</summary>
public static class Evaluation
{
    /// <summary>
    /// The accuracy of a model over many forecasts. Every observed lead time of every forecast counts the same; the MASE divides each error by the
    /// scale of its series and leaves out series that cannot be scaled (<see cref="Metrics.MaseScale"/> is NaN): <see cref="MetricRow.UnscaledSeries"/>.
    /// </summary>
    /// <param name="model">The name to put in the row.</param>
    /// <param name="forecasts">Forecasts of one model; all with the same quantile levels.</param>
    /// <param name="maseScaleOfSeries">From series name to <see cref="Metrics.MaseScale"/> of its training rows.</param>
    /// <exception cref="ArgumentException">Quantile levels differ, or lengths do not fit.</exception>
    public static MetricRow Evaluate(string model, IEnumerable<ForecastVersusActual> forecasts, Func<string, double> maseScaleOfSeries)
    {
        ArgumentNullException.ThrowIfNull(forecasts);
        ArgumentNullException.ThrowIfNull(maseScaleOfSeries);
        IReadOnlyList<double>? levels = null;
        var unscaled = new HashSet<string>(StringComparer.Ordinal);
        WeightedMean mase = default, smape = default, crps = default, coverage = default, mse = default, mae = default;
        foreach (var (forecast, actual) in forecasts)
        {
            levels ??= forecast.Levels;
            if (!levels.SequenceEqual(forecast.Levels))
                throw new ArgumentException($"Forecasts of '{model}' have differing quantile levels.", nameof(forecasts));
            var observed = actual.Count(y => !double.IsNaN(y));
            if (observed == 0) continue;
            var median = forecast.Median;
            var absolute = Metrics.Mae(actual, median);
            mae.Add(absolute, observed);
            mse.Add(Metrics.Mse(actual, median), observed);
            smape.Add(Metrics.Smape(actual, median), observed);
            crps.Add(Metrics.Crps(actual, levels, forecast.Values), observed);
            var scale = maseScaleOfSeries(forecast.SeriesId);
            if (scale > 0) mase.Add(absolute / scale, observed);
            else unscaled.Add(forecast.SeriesId);
            if (levels.Count > 1) coverage.Add(Metrics.Coverage(actual, Quantile(forecast, 0), Quantile(forecast, levels.Count - 1)), observed);
        }

        return new MetricRow
        {
            Model = model,
            Mase = mase.Value,
            UnscaledSeries = unscaled.Count,
            Smape = smape.Value,
            Crps = crps.Value,
            Coverage = coverage.Value,
            Mse = mse.Value,
            Mae = mae.Value,
            CoverageLevel = levels is { Count: > 1 } ? Math.Round(levels[^1] - levels[0], 10) : double.NaN,
        };
    }

    /// <summary>The mean absolute error of the median at each lead time over all forecasts, in raw units; length of the longest horizon, lead time 1 first.</summary>
    public static double[] MaeByLead(IEnumerable<ForecastVersusActual> forecasts) => MaeByLead(forecasts, static _ => 1);

    /// <summary>As <see cref="MaeByLead(IEnumerable{ForecastVersusActual})"/>, each error divided by a scale of its series; series whose scale is NaN are left out.</summary>
    /// <param name="scaleOfSeries">From series name to what its errors are divided by, such as the scale of the MASE.</param>
    public static double[] MaeByLead(IEnumerable<ForecastVersusActual> forecasts, Func<string, double> scaleOfSeries)
    {
        ArgumentNullException.ThrowIfNull(forecasts);
        ArgumentNullException.ThrowIfNull(scaleOfSeries);
        var means = new List<WeightedMean>();
        foreach (var (forecast, actual) in forecasts)
        {
            var median = forecast.Median;
            var scale = scaleOfSeries(forecast.SeriesId);
            for (var h = 0; h < median.Length; h++)
            {
                if (h == means.Count) means.Add(default);
                var mean = means[h];
                mean.Add(Math.Abs(actual[h] - median[h]) / scale, 1);
                means[h] = mean;
            }
        }

        return [.. means.Select(m => m.Value)];
    }

    private static double[] Quantile(Forecast forecast, int q)
    {
        var column = new double[forecast.Horizon];
        for (var h = 0; h < column.Length; h++) column[h] = forecast.Values[h, q];
        return column;
    }
}
