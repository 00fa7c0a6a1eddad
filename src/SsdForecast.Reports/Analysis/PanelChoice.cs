namespace SsdForecast.Reports;

/// <summary>Which panels a report shows, and why: chosen by a rule that the reader is told, never by eye.</summary>
internal sealed record PanelChoice(ForecastPanel Panel, string Name, string Why)
{
    /// <summary>How many forecasts are shown when nothing is known yet of what happened.</summary>
    public const int MostFutures = 6;

    /// <summary>
    /// Where actual values are known: the panels with the median, the smallest and the largest error. Else the first few, in the order of the data.
    /// </summary>
    public static IReadOnlyList<PanelChoice> Choose(IReadOnlyList<ForecastPanel> panels, ErrorScale scale, string? unit)
    {
        // A window is judged by at least half of its lead times; where none has as many, by what there is.
        var judged = panels.Where(p => double.IsFinite(p.Error) && p.Actual.Count(double.IsFinite) * 2 >= p.Actual.Length).ToList();
        if (judged.Count == 0) judged = [.. panels.Where(p => double.IsFinite(p.Error))];
        if (judged.Count == 0) return [.. panels.Take(MostFutures).Select(p => new PanelChoice(p, "Forecast", ""))];

        var stretches = judged[0].IsStretch;
        var what = stretches ? "stretch" : "window";
        var ranked = judged.OrderBy(p => p.Error).ThenBy(p => p.SeriesId, StringComparer.Ordinal).ThenBy(p => p.X[0]).ToList();
        var count = NumberFormat.Count(ranked.Count);
        if (ranked.Count == 1) return [new(ranked[0], "Forecast against actual", Error(ranked[0]))];
        var median = new PanelChoice(ranked[(ranked.Count - 1) / 2], $"A typical {what}", $"median error of {count} {(stretches ? $"stretches of {judged.Max(p => p.X.Length)} forecasts" : "windows")}: {Error(ranked[(ranked.Count - 1) / 2])}");
        var best = new PanelChoice(ranked[0], $"The best {what}", $"smallest error of {count}: {Error(ranked[0])}");
        var worst = new PanelChoice(ranked[^1], $"The worst {what}", $"largest error of {count}: {Error(ranked[^1])}");
        return ranked.Count == 2 ? [best, worst] : [median, best, worst];

        string Error(ForecastPanel panel) => scale.IsScaled
            ? $"{NumberFormat.Value(panel.Error, 3)} times the naive error"
            : $"mean absolute error {NumberFormat.Value(panel.Error, 3)}{(string.IsNullOrEmpty(unit) ? "" : "\u00A0" + unit)}";
    }
}
