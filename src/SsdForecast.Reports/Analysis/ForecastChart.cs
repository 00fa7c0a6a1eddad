using SsdForecast.Data;

namespace SsdForecast.Reports;

/// <summary>Pictures of forecasts.</summary>
public static class ForecastChart
{
    /// <summary>One forecast: the values before it, the quantile fan, the median, and what then happened as far as that is known.</summary>
    /// <param name="window">The forecast.</param>
    /// <param name="history">The series it is of; null: nothing is drawn before it.</param>
    /// <param name="title">The heading; null: the name of the series.</param>
    /// <param name="lookback">Rows drawn before it; null: three horizons.</param>
    /// <param name="quantity">The quantity that is forecast; null: the name of the series.</param>
    /// <param name="unit">Its unit.</param>
    /// <exception cref="ArgumentException">The parts of the forecast do not fit together.</exception>
    public static Chart Of(ForecastVersusActual window, Series? history = null, string? title = null, int? lookback = null, string? quantity = null, string? unit = null)
    {
        ArgumentNullException.ThrowIfNull(window);
        var input = new ReportInput { Title = title ?? window.Forecast.SeriesId, Models = [new("forecast", [window])], History = history is null ? [] : [history], Lookback = lookback };
        input.Validate();
        if (window.Forecast.Horizon == 0) return new Chart { Title = input.Title };
        return Of(new PanelBuilder(input, new ErrorScale(input)).Build([window])[0], input.Title, null, quantity, unit);
    }

    internal static Chart Of(ForecastPanel panel, string title, string? subtitle, string? quantity, string? unit)
    {
        var layers = new List<Layer>();
        if (panel.Intervals.Count > 0) layers.Add(new BandLayer(Fan.Name([.. panel.Intervals.Select(i => i.Probability)]), panel.X, panel.Intervals) { LegendRank = 2 });
        if (!panel.IsStretch && panel.HistoryX.Length > 0) layers.Add(RuleLayer.Vertical(panel.OriginX, "forecast from here"));
        if (panel.HistoryX.Length > 0) layers.Add(new LineLayer(panel.HasActual ? null : "observed", panel.HistoryX, panel.HistoryY, panel.HasActual ? Tone.Muted : Tone.Ink) { Width = 1.4, LegendRank = 3 });
        layers.Add(new LineLayer(panel.IsStretch ? "forecast, one step ahead" : "forecast", panel.X, panel.Median, Tone.Blue) { Width = panel.IsStretch ? 1.9 : 2.25, LegendRank = 1 });
        if (panel.HasActual)
        {
            // Joined to the last known value, since it is one line in the world.
            var joins = panel.HistoryX.Length > 0;
            layers.Add(new LineLayer(
                "actual",
                joins ? [panel.HistoryX[^1], .. panel.X] : panel.X,
                joins ? [panel.HistoryY[^1], .. panel.Actual] : panel.Actual,
                Tone.Ink) { Width = 1.3 });
        }
        return new Chart
        {
            Title = title,
            Subtitle = subtitle,
            Description = Describe(panel),
            X = panel.HasTimes ? Axis.Time() : Axis.Number("Row") with { WholeNumbers = true },
            Y = Axis.Number(string.IsNullOrEmpty(quantity) ? PlainText.Clean(panel.SeriesId, 40) : quantity, unit),
            Layers = layers,
        };
    }

    private static string Describe(ForecastPanel panel)
    {
        var values = panel.Median.Where(double.IsFinite).ToList();
        var range = values.Count == 0 ? "" : $", between {NumberFormat.Value(values.Min())} and {NumberFormat.Value(values.Max())}";
        var actual = panel.Actual.Where(double.IsFinite).ToList();
        var seen = actual.Count == 0 ? "" : $"; actual values between {NumberFormat.Value(actual.Min())} and {NumberFormat.Value(actual.Max())}";
        return $"Line chart of series {PlainText.Clean(panel.SeriesId, 80)}: {panel.X.Length} forecast values from {panel.Start}{range}{seen}.";
    }
}
