using SP = global::ScottPlot;

namespace SsdForecast.Reports;

/// <summary>The ticks that the other pictures of a chart have, at any zoom and size.</summary>
internal sealed class ScottPlotTicks(Chart chart, double fontSize) : SP.ITickGenerator
{
    // Beyond what a time or an exponent can be, a zoom shows no ticks.
    private const double Farthest = 1e300;
    private readonly ScottPlotScale _scale = new(chart);

    public SP.Tick[] Ticks { get; set; } = [];

    public int MaxTickCount { get; set; } = 1000;

    public void Regenerate(SP.CoordinateRange range, SP.Edge edge, SP.PixelLength size, SP.Paint paint, SP.LabelStyle labelStyle)
    {
        var horizontal = edge is SP.Edge.Bottom or SP.Edge.Top;
        Func<double, double> to = horizontal ? _scale.ToX : _scale.ToY, from = horizontal ? _scale.FromX : _scale.FromY;
        var (min, max) = (Math.Min(from(range.Min), from(range.Max)), Math.Max(from(range.Min), from(range.Max)));
        if (horizontal && chart.X.Kind == AxisKind.Time) (min, max) = (Math.Max(min, ChartTime.ToX(DateTime.MinValue)), Math.Min(max, ChartTime.ToX(DateTime.MaxValue)));
        var log = horizontal ? chart.X.Log : chart.Y.Log;
        Ticks = !(min < max) || (log && min < 1 / Farthest) || min < -Farthest || max > Farthest || size.Length < 1
            ? []
            : [.. Of(horizontal, min, max, size.Length).Take(MaxTickCount).Select(t => SP.Tick.Major(to(t.Value), Text(t)))];
    }

    private IEnumerable<Tick> Of(bool horizontal, double min, double max, double pixels)
    {
        // Half a label may stand out on either side of the plot.
        var ticks = horizontal
            ? AxisTicks.Horizontal(chart, min, max, new AxisSpace(0, pixels, -4 * fontSize, pixels + 2 * fontSize, fontSize))
            : AxisTicks.Vertical(chart, min, max, pixels, pixels * 0.6, fontSize);
        return ticks.Ticks.Where(t => t.Value >= min && t.Value <= max);
    }

    private static string Text(Tick tick) => tick.Context is { } context ? $"{tick.Label}\n{context}" : tick.Label;
}
