using SsdForecast.Data;

namespace SsdForecast.Reports;

/// <summary>The result in a sentence or two, for better or worse.</summary>
internal static class Headline
{
    public static IReadOnlyList<string> Of(ReportInput input, IReadOnlyList<MetricRow> metrics)
    {
        var model = input.Models[0];
        var row = metrics.FirstOrDefault(r => r.Model == model.Model) ?? (metrics.Count > 0 ? metrics[0] : null);
        var sentences = new List<string>();
        if (row is null)
        {
            sentences.Add(Future(input));
            var shown = PanelChoice.MostFutures;
            if (model.Forecasts.Count > shown) sentences.Add($"Shown are the first {shown} of {NumberFormat.Count(model.Forecasts.Count)} forecasts, in the order of the data.");
            return sentences;
        }
        sentences.Add(Accuracy(input, row, [.. metrics.Where(r => r != row)]));
        if (double.IsFinite(row.Coverage) && double.IsFinite(row.CoverageLevel))
        {
            var observed = model.Forecasts.Sum(f => f.Actual.LongCount(double.IsFinite));
            sentences.Add($"Its {NumberFormat.Percent(row.CoverageLevel, 0)} interval held {NumberFormat.Percent(row.Coverage)} of {NumberFormat.Count(observed)} actual values.");
        }
        return sentences;
    }

    private static string Accuracy(ReportInput input, MetricRow row, List<MetricRow> others)
    {
        Func<MetricRow, double> metric = double.IsFinite(row.Mase) ? r => r.Mase : r => r.Mae;
        var name = double.IsFinite(row.Mase) ? "MASE" : "mean absolute error";
        var unit = name == "MASE" || string.IsNullOrEmpty(input.Unit) ? "" : "\u00A0" + input.Unit;
        var comparisons = others.Where(o => metric(o) > 0 && double.IsFinite(metric(o))).Select(o => Compare(metric(row) / metric(o) - 1, o.Model)).ToList();
        var against = comparisons.Count == 0 ? "" : ": " + Listed(comparisons);
        return $"{PlainText.Clean(row.Model)} forecasts with a {name} of {NumberFormat.Value(metric(row), 3)}{unit}{against}.";
    }

    private static string Compare(double change, string other)
    {
        var name = PlainText.Clean(other);
        var percent = Math.Abs(change) < 0.0005 ? 0 : Math.Abs(change);
        if (percent == 0) return $"level with {name}";
        if (change >= 1) return $"{NumberFormat.Value(1 + change, 2)} times the error of {name}";
        return $"{NumberFormat.Percent(percent, percent < 0.0995 ? 1 : 0)} {(change < 0 ? "less" : "more")} error than {name}";
    }

    private static string Future(ReportInput input)
    {
        var forecasts = input.Models[0].Forecasts.Where(f => f.Forecast.Horizon > 0).Select(f => f.Forecast).ToList();
        if (forecasts.Count == 0) return $"{PlainText.Clean(input.Models[0].Model)} has made no forecast.";
        var series = forecasts.Select(f => f.SeriesId).Distinct(StringComparer.Ordinal).Count();
        var index = input.History.FirstOrDefault(s => s.Id == forecasts[0].SeriesId)?.Index;
        var to = forecasts.SelectMany(f => f.Times).DefaultIfEmpty().Max();
        var step = forecasts.Where(f => f.Times.Count > 1).Select(f => (f.Times[1] - f.Times[0]).TotalSeconds).DefaultIfEmpty(60).Min();
        var until = to == default ? "" : $", until {TimeTicks.Full(to, step)}";
        return $"{PlainText.Clean(input.Models[0].Model)} forecasts {StepText.Horizon(forecasts.Max(f => f.Horizon), index)} ahead for {(series == 1 ? "one series" : $"{NumberFormat.Count(series)} series")}{until}.";
    }

    private static string Listed(List<string> parts) => parts.Count == 1 ? parts[0] : $"{string.Join(", ", parts.Take(parts.Count - 1))} and {parts[^1]}";
}
