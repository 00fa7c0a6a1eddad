using SsdForecast.Data;

namespace SsdForecast.Reports;

/// <summary>Everything that a report shows, worked out before anything is written.</summary>
internal sealed class ReportContent
{
    public ReportContent(ReportInput input)
    {
        input.Validate();
        var scale = new ErrorScale(input);
        var errors = new ErrorCharts(input, scale);
        Input = input;
        Metrics = ReportMetrics.Of(input, scale);
        Headline = SsdForecast.Reports.Headline.Of(input, Metrics);
        Forecasts = [.. PanelChoice.Choose(new PanelBuilder(input, scale).Build(input.Models[0].Forecasts), scale, input.Unit).Select(Draw)];
        ByLead = errors.ByLead();
        BySeries = errors.BySeries();
        Calibration = SsdForecast.Reports.Calibration.Chart(input);
        Distribution = errors.Distribution();
        Prequential = errors.Prequential();
        Residuals = errors.Residuals();
        Data = input.Data.Count > 0 ? input.Data : DataSummary.Of(input.History);
    }

    public ReportInput Input { get; }

    public IReadOnlyList<MetricRow> Metrics { get; }

    public IReadOnlyList<string> Headline { get; }

    /// <summary>Forecast against actual; the first is the one to show large.</summary>
    public IReadOnlyList<Chart> Forecasts { get; }

    public Chart? ByLead { get; }

    public Chart? BySeries { get; }

    public Chart? Calibration { get; }

    public Chart? Distribution { get; }

    public Chart? Prequential { get; }

    public Chart? Residuals { get; }

    public IReadOnlyList<Fact> Data { get; }

    /// <summary>All charts by name, in the order of the report.</summary>
    public IEnumerable<(string Name, Chart Chart)> Charts()
    {
        for (var i = 0; i < Forecasts.Count; i++) yield return ($"forecast-{i + 1}", Forecasts[i]);
        foreach (var (name, chart) in new[] { ("error-by-lead", ByLead), ("error-by-series", BySeries), ("calibration", Calibration), ("error-distribution", Distribution), ("error-over-time", Prequential), ("residuals", Residuals) })
            if (chart is not null) yield return (name, chart);
    }

    private Chart Draw(PanelChoice choice)
    {
        var panel = choice.Panel;
        var several = Input.Models[0].Forecasts.Select(f => f.Forecast.SeriesId).Distinct(StringComparer.Ordinal).Skip(1).Any();
        var id = PlainText.Clean(panel.SeriesId, 60);
        var title = several ? $"{choice.Name}: {id}" : choice.Name;
        var why = choice.Why.Length == 0 ? "" : char.ToUpperInvariant(choice.Why[0]) + choice.Why[1..] + ". ";
        return ForecastChart.Of(panel, title, $"{why}From {panel.Start}", Input.Quantity, Input.Unit);
    }
}
