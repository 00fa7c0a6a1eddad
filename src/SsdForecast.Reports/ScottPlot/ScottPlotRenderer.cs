using SP = global::ScottPlot;

namespace SsdForecast.Reports;

/// <summary>
/// Makes ScottPlot 5 plots of charts, for those who have ScottPlot anyway: to show them in a window, to add to them, or to save them in its
/// formats. Times become OLE automation dates, as ScottPlot has them; on a logarithmic axis a coordinate is its decimal logarithm.
/// </summary>
public static class ScottPlotRenderer
{
    private const double OleDateOfUnixEpoch = 25_569;
    private const double SecondsADay = 86_400;

    /// <summary>The chart as a plot, with its title, axes, layers and limits. The caller owns the plot and disposes it.</summary>
    /// <param name="chart">The chart.</param>
    /// <param name="theme">Colours; null: <see cref="ChartTheme.Light"/>. <see cref="ChartTheme.Css"/> has no colours of its own and is refused.</param>
    /// <exception cref="ArgumentException">The theme has no colours, or an axis limit makes no sense.</exception>
    public static SP.Plot ToPlot(Chart chart, ChartTheme? theme = null)
    {
        ArgumentNullException.ThrowIfNull(chart);
        theme ??= ChartTheme.Light;
        if (theme == ChartTheme.Css) throw new ArgumentException("the theme Css is made of variables of a page; take Light or Dark", nameof(theme));
        var plot = new SP.Plot();
        plot.FigureBackground.Color = SP.Color.FromHex(theme.Background);
        plot.Axes.Color(SP.Color.FromHex(theme.SecondaryText));
        plot.Grid.MajorLineColor = SP.Color.FromHex(theme.Grid);
        plot.Title(PlainText.Clean(chart.Title));
        if (chart.X.Caption is { } x) plot.XLabel(PlainText.Clean(x));
        if (chart.Y.Caption is { } y) plot.YLabel(PlainText.Clean(y));
        var layers = new ScottPlotLayers(plot, chart, theme);
        foreach (var layer in chart.Layers) layers.Add(layer);
        SetAxes(plot, chart);
        if (chart.Legend && chart.Layers.Count(l => l.Name is not null) > 1) plot.ShowLegend(SP.Alignment.UpperLeft);
        else plot.HideLegend();
        return plot;
    }

    /// <summary>A coordinate of the chart on ScottPlot's horizontal axis.</summary>
    internal static double ToX(Chart chart, double x) => chart.X switch
    {
        { Kind: AxisKind.Time } => x / SecondsADay + OleDateOfUnixEpoch,
        { Log: true } => Math.Log10(x),
        _ => x,
    };

    /// <summary>A coordinate of the chart on ScottPlot's vertical axis.</summary>
    internal static double ToY(Chart chart, double y) => chart.Y.Log ? Math.Log10(y) : y;

    private static void SetAxes(SP.Plot plot, Chart chart)
    {
        if (chart.X.Kind == AxisKind.Time) plot.Axes.DateTimeTicksBottom();
        var x = ChartExtents.OfX(chart);
        if (x.IsEmpty) return;
        var y = ChartExtents.OfY(chart, x);
        plot.Axes.SetLimitsX(ToX(chart, x.Min), ToX(chart, x.Max));
        if (chart.X.Kind == AxisKind.Category) plot.Axes.Bottom.TickGenerator = Manual(chart.X.Categories.Select((name, i) => new Tick(i, PlainText.Clean(name))), v => v);
        else if (chart.X.Log) plot.Axes.Bottom.TickGenerator = Manual(LogTicks.Vertical(x.Min, x.Max, 500).Ticks, Math.Log10);
        if (y.IsEmpty) return;
        plot.Axes.SetLimitsY(ToY(chart, y.Min), ToY(chart, y.Max));
        if (chart.Layers.OfType<HeatmapLayer>().FirstOrDefault() is { Values: var matrix })
            plot.Axes.Left.TickGenerator = Manual(NumberTicks.Vertical(0, Math.Max(1, matrix.GetLength(0) - 1), 300, true).Ticks, row => matrix.GetLength(0) - 1 - row);
        else if (chart.Y.Log)
            plot.Axes.Left.TickGenerator = Manual(LogTicks.Vertical(y.Min, y.Max, 300).Ticks, Math.Log10);
    }

    private static SP.TickGenerators.NumericManual Manual(IEnumerable<Tick> ticks, Func<double, double> map)
    {
        var generator = new SP.TickGenerators.NumericManual();
        foreach (var tick in ticks) generator.AddMajor(map(tick.Value), tick.Label);
        return generator;
    }
}
