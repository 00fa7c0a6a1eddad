using SP = global::ScottPlot;

namespace SsdForecast.Reports;

/// <summary>Adds the layers of a chart to a ScottPlot plot. Missing values split lines and bands here, as they do in <see cref="SvgRenderer"/>.</summary>
internal sealed class ScottPlotLayers(SP.Plot plot, Chart chart, ChartTheme theme)
{
    private readonly ScottPlotScale _scale = new(chart);
    private int _bars;

    public void Add(Layer layer)
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

    private void Line(LineLayer line)
    {
        var name = line.Name;
        foreach (var run in Runs(line.X, line.Y))
        {
            var scatter = plot.Add.ScatterLine(Array.ConvertAll(run, i => X(line.X[i])), Array.ConvertAll(run, i => Y(line.Y[i])), Colour(line.Tone, line.Opacity));
            scatter.LineWidth = (float)line.Width;
            scatter.LinePattern = Pattern(line.Dash);
            if (run.Length == 1) scatter.MarkerSize = (float)line.Width * 2;
            scatter.LegendText = PlainText.Clean(name);
            name = null; // one entry in the legend, however many pieces
        }
    }

    private void Band(BandLayer band)
    {
        var name = band.Name;
        var opacity = band.Opacity * LayerDrawing.BandOpacity(band.Intervals.Count);
        foreach (var interval in band.Intervals)
        {
            foreach (var run in Runs(band.X, interval.Lower, interval.Upper))
            {
                var fill = plot.Add.FillY(Array.ConvertAll(run, i => X(band.X[i])), Array.ConvertAll(run, i => Y(interval.Lower[i])), Array.ConvertAll(run, i => Y(interval.Upper[i])));
                fill.FillColor = Colour(band.Tone, opacity);
                fill.LineWidth = 0;
                fill.LegendText = PlainText.Clean(name);
                name = null;
            }
        }
    }

    private void Points(PointLayer points)
    {
        var shown = Runs(points.X, points.Y).SelectMany(r => r).ToArray();
        if (shown.Length == 0) return;
        var markers = plot.Add.Markers(
            Array.ConvertAll(shown, i => X(points.X[i])), Array.ConvertAll(shown, i => Y(points.Y[i])),
            SP.MarkerShape.FilledCircle, (float)points.Radius * 2, Colour(points.Tone, points.Opacity));
        markers.LegendText = PlainText.Clean(points.Name);
    }

    private void Bars(BarLayer bars)
    {
        var dodge = chart.X.Kind == AxisKind.Category;
        var count = chart.Layers.Count(l => l is BarLayer);
        var width = dodge ? 0.76 / count : ChartExtents.BarWidth(bars);
        var offset = dodge ? (_bars - (count - 1) / 2.0) * width : 0;
        _bars++;
        var floor = chart.Y.Log ? ChartExtents.OfY(chart, ChartExtents.OfX(chart)).Min : 0;
        var drawn = Runs(bars.X, bars.Y).SelectMany(r => r).Select(i => new SP.Bar
        {
            Position = X(bars.X[i] + offset),
            Value = Y(bars.Y[i]),
            ValueBase = Y(floor),
            Size = X(bars.X[i] + width / 2) - X(bars.X[i] - width / 2),
            FillColor = Colour(bars.Tone, bars.Opacity),
            LineWidth = 0,
        }).ToArray();
        if (drawn.Length > 0) plot.Add.Bars(drawn).LegendText = PlainText.Clean(bars.Name);
    }

    private void Rule(RuleLayer rule)
    {
        var (colour, pattern) = (Colour(rule.Tone, rule.Opacity), Pattern(rule.Dash));
        if (!(rule.IsVertical ? IsX(rule.At) : IsY(rule.At))) return;
        if (rule.IsVertical)
        {
            // Its name stands above the plot.
            plot.Add.VerticalLine(X(rule.At), 1, colour, pattern).ExcludeFromLegend = true;
            return;
        }
        plot.Add.HorizontalLine(Y(rule.At), 1, colour, pattern).ExcludeFromLegend = true;
        if (rule.Label is not { } label) return;
        var text = plot.Add.Text(PlainText.Clean(label), plot.Axes.GetLimits().Right, Y(rule.At));
        (text.LabelAlignment, text.OffsetX, text.OffsetY) = (SP.Alignment.LowerRight, -4, -3);
        (text.LabelFontColor, text.LabelFontSize) = (SP.Color.FromHex(theme.SecondaryText), (float)(ScottPlotRenderer.FontSize * 0.95));
    }

    private void Heatmap(HeatmapLayer heatmap)
    {
        var drawn = plot.Add.Heatmap(heatmap.Values);
        var finite = heatmap.Values.Cast<double>().Where(Scale.IsDrawable).DefaultIfEmpty(0).ToList();
        var largest = Math.Max(finite.Max(Math.Abs), double.Epsilon);
        // From one tone over the ground to the other, as paint gets thicker.
        drawn.Colormap = new SP.Colormaps.CustomInterpolated([SP.Color.FromHex(theme[heatmap.NegativeTone]), SP.Color.FromHex(theme.Background), SP.Color.FromHex(theme[heatmap.Tone])]);
        drawn.ManualRange = new SP.Range(-largest, largest);
        drawn.NaNCellColor = SP.Colors.Transparent;
    }

    // Index runs between missing values.
    private IEnumerable<int[]> Runs(double[] xs, params double[][] columns)
    {
        var run = new List<int>();
        for (var i = 0; i <= xs.Length; i++)
        {
            if (i < xs.Length && IsX(xs[i]) && Array.TrueForAll(columns, c => IsY(c[i])))
            {
                run.Add(i);
                continue;
            }
            if (run.Count > 0) yield return [.. run];
            run.Clear();
        }
    }

    private bool IsX(double x) => Scale.IsDrawable(x) && (!chart.X.Log || x > 0);

    private bool IsY(double y) => Scale.IsDrawable(y) && (!chart.Y.Log || y > 0);

    private double X(double x) => _scale.ToX(x);

    private double Y(double y) => _scale.ToY(y);

    private SP.Color Colour(Tone tone, double opacity) => SP.Color.FromHex(theme[tone]).WithOpacity(opacity);

    private static SP.LinePattern Pattern(LineDash dash) => dash switch
    {
        LineDash.Dashed => SP.LinePattern.DenselyDashed,
        LineDash.Dotted => SP.LinePattern.Dotted,
        _ => SP.LinePattern.Solid,
    };
}
