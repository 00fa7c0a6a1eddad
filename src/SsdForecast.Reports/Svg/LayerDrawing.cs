namespace SsdForecast.Reports;

/// <summary>Draws the layers of a chart into its plot.</summary>
internal sealed class LayerDrawing(SvgWriter svg, ChartLayout layout)
{
    private const int MostTooltips = 400;

    private ChartTheme Theme => layout.Options.Theme;

    public void Draw(Layer layer)
    {
        switch (layer)
        {
            case LineLayer line:
                Line(line);
                break;
            case BandLayer band:
                Band(band);
                break;
            case PointLayer points:
                Points(points);
                break;
            case BarLayer bars:
                Bars(bars);
                break;
            case RuleLayer rule:
                Rule(rule);
                break;
            case HeatmapLayer heatmap:
                Heatmap(heatmap);
                break;
        }
    }

    /// <summary>The opacity of one interval of a fan of <paramref name="count"/>; nested intervals add up to about 0.45 in the middle.</summary>
    public static double BandOpacity(int count) => count == 0 ? 0 : 1 - Math.Pow(1 - 0.42, 1.0 / Math.Max(count, 1.6));

    private void Line(LineLayer line)
    {
        var path = Polyline.Line(line.X, line.Y, layout.X, layout.Y, out var dots);
        var colour = Theme[line.Tone];
        if (!path.IsEmpty)
        {
            svg.Empty(
                "path",
                ("d", path.ToString()), ("fill", "none"), ("stroke", colour), ("stroke-width", SvgWriter.Stroke(line.Width)),
                ("stroke-linejoin", "round"), ("stroke-linecap", "round"), ("stroke-opacity", SvgWriter.Opacity(line.Opacity)),
                ("stroke-dasharray", SvgWriter.Dash(line.Dash) ?? "none"));
        }
        foreach (var (x, y) in dots)
            svg.Empty("circle", ("cx", SvgWriter.N(x)), ("cy", SvgWriter.N(y)), ("r", SvgWriter.N(0.5 + line.Width * 0.75)), ("fill", colour), ("fill-opacity", SvgWriter.Opacity(line.Opacity)));
    }

    private void Band(BandLayer band)
    {
        var opacity = SvgWriter.Opacity(band.Opacity * BandOpacity(band.Intervals.Count));
        foreach (var interval in band.Intervals)
        {
            var path = Polyline.Band(band.X, interval, layout.X, layout.Y);
            if (!path.IsEmpty) svg.Empty("path", ("d", path.ToString()), ("fill", Theme[band.Tone]), ("fill-opacity", opacity));
        }
    }

    private void Points(PointLayer points)
    {
        svg.Open("g", ("fill", Theme[points.Tone]), ("fill-opacity", SvgWriter.Opacity(points.Opacity)));
        var titled = layout.Options.Tooltips && points.X.Length <= MostTooltips;
        for (var i = 0; i < points.X.Length; i++)
        {
            if (!layout.X.Accepts(points.X[i]) || !layout.Y.Accepts(points.Y[i])) continue;
            svg.Open("circle", ("cx", SvgWriter.N(layout.X.Map(points.X[i]))), ("cy", SvgWriter.N(layout.Y.Map(points.Y[i]))), ("r", SvgWriter.N(points.Radius)));
            if (titled) svg.Text("title", Tooltips.At(layout, points.X[i], points.Name, points.Y[i]));
            svg.Close();
        }
        svg.Close();
    }

    private void Bars(BarLayer bars)
    {
        var all = layout.Chart.Layers.OfType<BarLayer>().ToList();
        var dodge = layout.Chart.X.Kind == AxisKind.Category;
        var width = dodge ? 0.76 / all.Count : ChartExtents.BarWidth(bars);
        var offset = dodge ? (all.IndexOf(bars) - (all.Count - 1) / 2.0) * width : 0;
        var zero = layout.Y.Log ? layout.PlotBottom : layout.Y.Map(Math.Clamp(0, layout.Y.Min, layout.Y.Max));
        var titled = layout.Options.Tooltips && bars.X.Length <= MostTooltips;
        svg.Open("g", ("fill", Theme[bars.Tone]), ("fill-opacity", SvgWriter.Opacity(bars.Opacity)));
        for (var i = 0; i < bars.X.Length; i++)
        {
            if (!layout.X.Accepts(bars.X[i]) || !layout.Y.Accepts(bars.Y[i])) continue;
            var centre = bars.X[i] + offset;
            var (left, right) = (layout.X.Map(centre - width / 2), layout.X.Map(centre + width / 2));
            var inset = right - left > 3 ? 0.5 : 0;
            var y = layout.Y.Map(bars.Y[i]);
            svg.OpenRectangle(left + inset, Math.Min(y, zero), Math.Max(right - left - 2 * inset, 0.5), Math.Abs(y - zero));
            if (titled) svg.Text("title", Tooltips.At(layout, bars.X[i], bars.Name, bars.Y[i]));
            svg.Close();
        }
        svg.Close();
    }

    private void Rule(RuleLayer rule)
    {
        var (stroke, dash) = (Theme[rule.Tone], SvgWriter.Dash(rule.Dash));
        if (rule.IsVertical && layout.X.Accepts(rule.At))
        {
            var x = Math.Round(layout.X.Map(rule.At)) + 0.5;
            svg.Line(x, layout.PlotTop - 3, x, layout.PlotBottom, stroke, 1, dash, crisp: false);
        }
        if (!rule.IsVertical && layout.Y.Accepts(rule.At))
        {
            var y = Math.Round(layout.Y.Map(rule.At)) + 0.5;
            svg.Line(layout.PlotLeft, y, layout.PlotRight, y, stroke, 1, dash, crisp: false);
        }
    }

    private void Heatmap(HeatmapLayer heatmap)
    {
        var values = heatmap.Values;
        double largest = 0;
        foreach (var value in values)
            if (Scale.IsDrawable(value)) largest = Math.Max(largest, Math.Abs(value));
        if (largest == 0) largest = 1;
        var titled = layout.Options.Tooltips && values.Length <= MostTooltips;
        svg.Open("g", ("shape-rendering", "crispEdges"));
        for (var r = 0; r < values.GetLength(0); r++)
        {
            for (var c = 0; c < values.GetLength(1); c++)
            {
                var strength = Math.Abs(values[r, c]) / largest;
                if (!Scale.IsDrawable(values[r, c]) || strength < 0.002) continue;
                var (left, right) = (layout.X.Map(c - 0.5), layout.X.Map(c + 0.5));
                var (top, bottom) = (layout.Y.Map(r - 0.5), layout.Y.Map(r + 0.5));
                svg.OpenRectangle(left, top, right - left, bottom - top, ("fill", Theme[values[r, c] < 0 ? heatmap.NegativeTone : heatmap.Tone]), ("fill-opacity", SvgWriter.Opacity(strength)));
                if (titled) svg.Text("title", $"row {r}, column {c}: {NumberFormat.Value(values[r, c])}");
                svg.Close();
            }
        }
        svg.Close();
    }
}
