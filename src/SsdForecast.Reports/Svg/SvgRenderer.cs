using System.Text;
using System.Xml;
using SsdForecast.Data;

namespace SsdForecast.Reports;

/// <summary>Draws charts as SVG 1.1: text stays text, <c>title</c> and <c>desc</c> speak for the picture, and nothing outside the file is referred to.</summary>
public static class SvgRenderer
{
    /// <summary>Fonts that are tried in order; the layout has room for the widest of them.</summary>
    internal const string FontFamily = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif";

    /// <summary>The picture as an SVG document.</summary>
    /// <exception cref="ArgumentException">An option or an axis limit makes no sense.</exception>
    public static string Render(Chart chart, SvgOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(chart);
        var text = new StringBuilder();
        using (var xml = XmlWriter.Create(text, new XmlWriterSettings { OmitXmlDeclaration = true, NewLineHandling = NewLineHandling.None }))
            Write(xml, ChartLayout.Of(chart, options ?? new()));
        return text.ToString();
    }

    /// <summary>Writes the picture to a file, which appears whole or not at all.</summary>
    /// <exception cref="ArgumentException">An option or an axis limit makes no sense.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(Chart chart, string path, SvgOptions? options = null) => AtomicFile.WriteText(path, Render(chart, options) + "\n");

    internal static void Write(XmlWriter xml, ChartLayout layout)
    {
        var svg = new SvgWriter(xml);
        var (chart, options) = (layout.Chart, layout.Options);
        var (width, height) = (SvgWriter.N(options.Width), SvgWriter.N(layout.Height));
        svg.Open(
            "svg",
            ("width", width), ("height", height), ("viewBox", $"0 0 {width} {height}"), ("role", "img"),
            ("aria-labelledby", $"{options.IdPrefix}-t {options.IdPrefix}-d"), ("font-family", FontFamily));
        svg.Text("title", PlainText.Clean(chart.Title), ("id", $"{options.IdPrefix}-t"));
        svg.Text("desc", PlainText.Clean(chart.Description ?? chart.Subtitle ?? chart.Title, 1000), ("id", $"{options.IdPrefix}-d"));
        if (options.Background) svg.Rectangle(0, 0, options.Width, layout.Height, ("fill", options.Theme.Background));
        if (!layout.IsEmpty) WritePlot(svg, layout);
        foreach (var entry in layout.Legend) WriteSwatch(svg, entry, options.Theme);
        foreach (var text in layout.Texts) WriteText(svg, text, options.Theme);
        if (options.Tooltips && !layout.IsEmpty) Tooltips.Draw(svg, layout);
        svg.Close();
    }

    private static void WritePlot(SvgWriter svg, ChartLayout layout)
    {
        var (chart, options, theme) = (layout.Chart, layout.Options, layout.Options.Theme);
        var clip = $"{options.IdPrefix}-c";
        svg.Open("clipPath", ("id", clip));
        // Two pixels more than the plot, so that a line along its edge keeps its width.
        svg.Rectangle(layout.PlotLeft - 2, layout.PlotTop - 4, layout.PlotRight - layout.PlotLeft + 4, layout.PlotBottom - layout.PlotTop + 6);
        svg.Close();

        var heatmap = chart.Layers.Any(l => l is HeatmapLayer);
        if (!heatmap)
        {
            foreach (var tick in layout.YTicks.Ticks)
            {
                var y = Math.Round(layout.Y.Map(tick.Value)) + 0.5;
                svg.Line(layout.PlotLeft, y, layout.PlotRight, y, tick.Value == 0 ? theme.Axis : theme.Grid, 1);
            }
        }
        svg.Open("g", ("clip-path", $"url(#{clip})"));
        var drawing = new LayerDrawing(svg, layout);
        foreach (var layer in chart.Layers) drawing.Draw(layer);
        svg.Close();

        var bottom = Math.Round(layout.PlotBottom) + 0.5;
        svg.Line(layout.PlotLeft, bottom, layout.PlotRight, bottom, theme.Axis, 1);
        if (heatmap || chart.X.Kind == AxisKind.Category) return;
        foreach (var tick in layout.XTicks.Ticks)
        {
            var x = Math.Round(layout.X.Map(tick.Value)) + 0.5;
            svg.Line(x, bottom, x, bottom + 4, theme.Axis, 1);
        }
    }

    private static void WriteSwatch(SvgWriter svg, LegendEntry entry, ChartTheme theme)
    {
        var (x, y, right) = (entry.X, entry.Y, entry.X + LegendEntry.Swatch);
        var colour = theme[entry.Layer.Tone];
        switch (entry.Layer)
        {
            case LineLayer line:
                svg.Line(x, y, right, y, colour, Math.Max(line.Width, 1.5), SvgWriter.Dash(line.Dash), crisp: false);
                break;
            case BandLayer band:
                var shown = Math.Clamp(band.Intervals.Count, 1, 3);
                var opacity = SvgWriter.Opacity(band.Opacity * LayerDrawing.BandOpacity(shown));
                for (var i = 0; i < shown; i++)
                    svg.Rectangle(x, y - 6 + 2 * i, LegendEntry.Swatch, 12 - 4 * i, ("fill", colour), ("fill-opacity", opacity));
                break;
            case PointLayer points:
                svg.Empty("circle", ("cx", SvgWriter.N((x + right) / 2)), ("cy", SvgWriter.N(y)), ("r", SvgWriter.N(Math.Clamp(points.Radius, 2, 5))), ("fill", colour));
                break;
            default:
                svg.Rectangle(x + 4, y - 5, 11, 11, ("fill", colour));
                break;
        }
    }

    private static void WriteText(SvgWriter svg, PlacedText text, ChartTheme theme)
    {
        // A rule's name may lie over data: a rim in the colour of the ground keeps it readable.
        var rim = text.Role == TextRole.Rule ? theme.Background : "none";
        svg.Text(
            "text", text.Text,
            ("x", SvgWriter.N(text.X)), ("y", SvgWriter.N(text.Y)), ("font-size", SvgWriter.N(text.Size)),
            ("fill", text.Role is TextRole.Title or TextRole.Legend or TextRole.Context ? theme.Text : theme.SecondaryText),
            ("text-anchor", text.Anchor switch { Anchor.Start => "start", Anchor.Middle => "middle", _ => "end" }),
            ("font-weight", text.Bold ? "700" : "400"), ("stroke", rim), ("stroke-width", "3"), ("stroke-linejoin", "round"), ("paint-order", "stroke"));
    }
}
