namespace SsdForecast.Reports;

/// <summary>
/// What a reader is told who rests the pointer on a position: the time and every value there. One invisible column a position, so that the
/// pointer need not hit a line.
/// </summary>
internal static class Tooltips
{
    private const double LeastDistance = 3;

    /// <summary>Draws the columns, when positions are far enough apart.</summary>
    public static void Draw(SvgWriter svg, ChartLayout layout)
    {
        var lines = layout.Chart.Layers.OfType<LineLayer>().Where(l => l.Tooltip).Select(l => (Layer: l, Index: Positions(l.X))).ToList();
        var bands = layout.Chart.Layers.OfType<BandLayer>().Where(b => b.Intervals.Count > 0).Select(b => (Layer: b, Index: Positions(b.X))).ToList();
        var xs = lines.SelectMany(l => l.Index.Keys).Distinct().Where(x => layout.X.Accepts(x) && x >= layout.X.Min && x <= layout.X.Max).Order().ToList();
        if (xs.Count < 2 || (layout.PlotRight - layout.PlotLeft) / xs.Count < LeastDistance) return;

        svg.Open("g", ("class", "hits"), ("fill", "transparent"));
        for (var i = 0; i < xs.Count; i++)
        {
            var at = layout.X.Map(xs[i]);
            var left = i == 0 ? layout.PlotLeft : (at + layout.X.Map(xs[i - 1])) / 2;
            var right = i == xs.Count - 1 ? layout.PlotRight : (at + layout.X.Map(xs[i + 1])) / 2;
            var text = new List<string> { Position(layout, xs[i]) };
            foreach (var (line, index) in lines)
                if (index.TryGetValue(xs[i], out var k) && Scale.IsDrawable(line.Y[k])) text.Add($"{(line.Name is null ? "" : PlainText.Clean(line.Name) + ": ")}{NumberFormat.Short(line.Y[k])}");
            foreach (var (band, index) in bands)
            {
                if (!index.TryGetValue(xs[i], out var k)) continue;
                foreach (var interval in band.Intervals)
                {
                    if (Scale.IsDrawable(interval.Lower[k]) && Scale.IsDrawable(interval.Upper[k]))
                        text.Add($"{NumberFormat.Percent(interval.Probability, 0)}: {NumberFormat.Short(interval.Lower[k])} to {NumberFormat.Short(interval.Upper[k])}");
                }
            }
            svg.OpenRectangle(left, layout.PlotTop, right - left, layout.PlotBottom - layout.PlotTop);
            svg.Text("title", string.Join('\n', text));
            svg.Close();
        }
        svg.Close();
    }

    /// <summary>One value at one position.</summary>
    public static string At(ChartLayout layout, double x, string? name, double y) =>
        $"{Position(layout, x)}\n{(string.IsNullOrEmpty(name) ? "" : PlainText.Clean(name) + ": ")}{NumberFormat.Short(y)}";

    private static string Position(ChartLayout layout, double x)
    {
        var axis = layout.Chart.X;
        if (axis.Kind == AxisKind.Time) return TimeTicks.Full(ChartTime.FromX(x), 1);
        var name = axis.Kind == AxisKind.Category && x >= 0 && x < axis.Categories.Count ? PlainText.Clean(axis.Categories[(int)x]) : NumberFormat.Short(x, 6);
        return axis.Label is { } label ? $"{PlainText.Clean(label)} {name}" : name;
    }

    private static Dictionary<double, int> Positions(double[] xs)
    {
        var index = new Dictionary<double, int>(xs.Length);
        for (var i = 0; i < xs.Length; i++)
            if (Scale.IsDrawable(xs[i])) index[xs[i]] = i;
        return index;
    }
}
