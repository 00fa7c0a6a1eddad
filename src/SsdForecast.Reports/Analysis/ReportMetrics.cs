using SsdForecast.Data;

namespace SsdForecast.Reports;

/// <summary>The table of metrics of a report.</summary>
internal static class ReportMetrics
{
    /// <summary>The rows given, or else computed; empty where nothing was observed.</summary>
    public static IReadOnlyList<MetricRow> Of(ReportInput input, ErrorScale scale)
    {
        if (input.Metrics.Count > 0) return input.Metrics;
        var rows = new List<MetricRow>();
        foreach (var model in input.Models)
        {
            if (model.Forecasts.Any(f => f.Actual.Any(double.IsFinite)))
                rows.Add(Evaluation.Evaluate(model.Model, SameLevels(model), scale.OfMase));
        }
        return rows;
    }

    // Forecasts of one file may differ in levels; those that share the levels of the first are measured by quantiles, and the others left out.
    private static IEnumerable<ForecastVersusActual> SameLevels(ModelForecasts model) =>
        model.Forecasts.Where(f => f.Forecast.Levels.SequenceEqual(model.Forecasts[0].Forecast.Levels));
}
