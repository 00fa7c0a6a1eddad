using SP = global::ScottPlot;

namespace SsdForecast.Reports;

/// <summary>
/// Makes ScottPlot 5 plots of charts, for those who have ScottPlot anyway: to show them in a window, to add to them, or to save them in its
/// formats. They look as <see cref="SvgRenderer"/> draws them. Times become OLE automation dates, as ScottPlot has them; on a logarithmic axis
/// a coordinate is its decimal logarithm.
/// </summary>
public static class ScottPlotRenderer
{
    /// <summary>Size of tick labels in pixels.</summary>
    internal const double FontSize = 12;

    /// <summary>Fonts that are tried in order; the layout has room for the widest of them.</summary>
    private static readonly string[] FontFamilies = ["Segoe UI", "Roboto", "Helvetica Neue", "Helvetica", "Arial", "Liberation Sans", "Noto Sans", "DejaVu Sans"];

    /// <summary>The chart as a plot, with its title, axes, layers and limits. The caller owns the plot and disposes it.</summary>
    /// <param name="chart">The chart.</param>
    /// <param name="theme">Colours; null: <see cref="ChartTheme.Light"/>. <see cref="ChartTheme.Css"/> has no colours of its own and is refused.</param>
    /// <exception cref="ArgumentException">The theme has no colours, or an axis limit makes no sense.</exception>
    public static SP.Plot ToPlot(Chart chart, ChartTheme? theme = null)
    {
        ArgumentNullException.ThrowIfNull(chart);
        theme ??= ChartTheme.Light;
        if (theme == ChartTheme.Css) throw new ArgumentException("the theme Css is made of variables of a page; take Light or Dark", nameof(theme));
        var font = FontFamilies.FirstOrDefault(f => SP.Fonts.GetTypeface(f, false, false)?.FamilyName == f) ?? SP.Fonts.Default;
        var head = new ScottPlotHead(chart, theme, FontSize, font);
        var plot = new SP.Plot();
        plot.FigureBackground.Color = SP.Color.FromHex(theme.Background);
        plot.DataBackground.Color = SP.Color.FromHex(theme.Background);
        SetLimits(plot, chart);
        var layers = new ScottPlotLayers(plot, chart, theme);
        foreach (var layer in chart.Layers) layers.Add(layer);
        SetAxes(plot, chart, theme);
        plot.HideLegend(); // the head has it
        plot.Axes.AddPanel(head);
        // First of all, since the height of the head decides what is left for the plot.
        plot.RenderManager.RenderActions.Insert(0, head);
        plot.Font.Set(font);
        return plot;
    }

    private static void SetLimits(SP.Plot plot, Chart chart)
    {
        var scale = new ScottPlotScale(chart);
        var x = ChartExtents.OfX(chart);
        if (x.IsEmpty) return;
        plot.Axes.SetLimitsX(scale.ToX(x.Min), scale.ToX(x.Max));
        var y = ChartExtents.OfY(chart, x);
        if (y.IsEmpty) return;
        plot.Axes.SetLimitsY(Math.Min(scale.ToY(y.Min), scale.ToY(y.Max)), Math.Max(scale.ToY(y.Min), scale.ToY(y.Max)));
    }

    private static void SetAxes(SP.Plot plot, Chart chart, ChartTheme theme)
    {
        var matrix = chart.Layers.Any(l => l is HeatmapLayer);
        plot.Axes.Color(SP.Color.FromHex(theme.SecondaryText));
        plot.Axes.Title.IsVisible = plot.Axes.Top.IsVisible = false;
        plot.Grid.MajorLineColor = SP.Color.FromHex(theme.Grid);
        plot.Grid.XAxisStyle.IsVisible = false;
        plot.Grid.YAxisStyle.IsVisible = !matrix;
        foreach (var axis in (SP.IAxis[])[plot.Axes.Bottom, plot.Axes.Left])
        {
            axis.TickGenerator = new ScottPlotTicks(chart, FontSize);
            axis.TickLabelStyle.FontSize = (float)FontSize;
        }
        plot.Axes.Top.FrameLineStyle.Width = plot.Axes.Right.FrameLineStyle.Width = plot.Axes.Left.FrameLineStyle.Width = 0;
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.Bottom.MajorTickStyle.Length = matrix || chart.X.Kind == AxisKind.Category ? 0 : 4;
        plot.Axes.Bottom.FrameLineStyle.Color = plot.Axes.Bottom.MajorTickStyle.Color = SP.Color.FromHex(theme.Axis);
        plot.Axes.Right.MinimumSize = 16;
        plot.Axes.Left.MinimumSize = 16;
        if (chart.X.Caption is not { } caption) return;
        plot.XLabel(PlainText.Clean(caption), (float)FontSize);
        plot.Axes.Bottom.Label.Bold = false;
    }
}
