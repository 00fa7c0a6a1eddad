namespace SsdForecast.Reports;

/// <summary>Which part of the plane a chart shows: the limits of its axes where they are set, else what its layers need.</summary>
internal static class ChartExtents
{
    /// <summary>The horizontal extent; empty when there is nothing to show.</summary>
    /// <exception cref="ArgumentException">A limit is no number that can be drawn, or a lower limit is not below its upper limit.</exception>
    public static Extent OfX(Chart chart)
    {
        var axis = chart.X;
        var heatmap = chart.Layers.OfType<HeatmapLayer>().FirstOrDefault();
        if (heatmap is not null) return new(-0.5, heatmap.Values.GetLength(1) - 0.5);
        if (axis.Kind == AxisKind.Category) return new(-0.5, axis.Categories.Count - 0.5);

        var extent = Extent.Empty;
        var padded = false;
        foreach (var layer in chart.Layers)
        {
            var (xs, half) = layer switch
            {
                LineLayer line => (line.X, 0),
                BandLayer band => (band.X, 0),
                PointLayer points => (points.X, 0),
                BarLayer bars => (bars.X, BarWidth(bars) / 2),
                _ => ([], 0.0),
            };
            padded |= layer is PointLayer;
            foreach (var x in xs) extent = extent.With(x - half, axis.Log).With(x + half, axis.Log);
            if (layer is RuleLayer { IsVertical: true } rule) extent = extent.With(rule.At, axis.Log);
        }
        return Limited(extent, axis, padded ? 0.02 : 0, axis.Kind == AxisKind.Time ? 43_200 : axis.WholeNumbers ? 1 : 0);
    }

    /// <summary>The vertical extent of what lies within a horizontal extent; empty when there is nothing to show.</summary>
    /// <exception cref="ArgumentException">A limit is no number that can be drawn, or a lower limit is not below its upper limit.</exception>
    public static Extent OfY(Chart chart, Extent x)
    {
        var axis = chart.Y;
        var heatmap = chart.Layers.OfType<HeatmapLayer>().FirstOrDefault();
        if (heatmap is not null) return new(-0.5, heatmap.Values.GetLength(0) - 0.5);
        if (axis.Kind == AxisKind.Category) return new(-0.5, axis.Categories.Count - 0.5);

        var extent = Extent.Empty;
        foreach (var layer in chart.Layers) extent = Vertical(layer, x, extent, axis.Log);
        // Where zero is near anyway, it is shown: the eye reads heights.
        if (!axis.Log && extent.Min > 0 && (axis.FromZero || extent.Min < 0.25 * extent.Max)) extent = extent.With(0);
        return Limited(extent, axis, 0.05, 0);
    }

    /// <summary>The width of a bar, in units of the axis.</summary>
    public static double BarWidth(BarLayer bars)
    {
        if (bars.Width is { } width) return width;
        var sorted = bars.X.Where(Scale.IsDrawable).Order().ToArray();
        var least = double.PositiveInfinity;
        for (var i = 1; i < sorted.Length; i++)
            if (sorted[i] > sorted[i - 1]) least = Math.Min(least, sorted[i] - sorted[i - 1]);
        return double.IsFinite(least) ? 0.9 * least : 0.9;
    }

    private static Extent Vertical(Layer layer, Extent x, Extent extent, bool log)
    {
        switch (layer)
        {
            case LineLayer line:
                return Within(line.X, line.Y, x, extent, log);
            case PointLayer points:
                return Within(points.X, points.Y, x, extent, log);
            case BarLayer bars:
                return log ? Within(bars.X, bars.Y, x, extent, true) : Within(bars.X, bars.Y, x, extent.With(0), false);
            case BandLayer band:
                foreach (var interval in band.Intervals)
                    extent = Within(band.X, interval.Upper, x, Within(band.X, interval.Lower, x, extent, log), log);
                return extent;
            case RuleLayer { IsVertical: false } rule:
                return extent.With(rule.At, log);
            default:
                return extent;
        }
    }

    private static Extent Within(double[] xs, double[] ys, Extent x, Extent extent, bool log)
    {
        for (var i = 0; i < xs.Length; i++)
            if (xs[i] >= x.Min && xs[i] <= x.Max) extent = extent.With(ys[i], log);
        return extent;
    }

    private static Extent Limited(Extent extent, Axis axis, double padding, double leastHalf)
    {
        if (axis.Log) return extent.IsEmpty ? extent : Replaced(extent.LogPadded(), axis);
        if (extent.IsEmpty && axis is not { Min: not null, Max: not null }) return extent;
        if (!extent.IsEmpty) extent = extent.Opened(leastHalf).Padded(padding);
        return Replaced(extent, axis).Opened(leastHalf);
    }

    private static Extent Replaced(Extent extent, Axis axis)
    {
        var name = axis.Caption is { } caption ? $" “{caption}”" : "";
        foreach (var limit in new[] { axis.Min, axis.Max })
        {
            if (limit is { } value && (!Scale.IsDrawable(value) || (axis.Log && value <= 0)))
                throw new ArgumentException($"the axis{name} ends at {value}; a limit must be {(axis.Log ? "above 0 and " : "")}within 1e300");
        }
        var limited = new Extent(axis.Min ?? extent.Min, axis.Max ?? extent.Max);
        if (axis is { Min: { } min, Max: { } max } && !(min < max))
            throw new ArgumentException($"the axis{name} starts at {min} and ends at {max}");
        // One limit set on the far side of all data: the other follows it.
        if (limited.Min < limited.Max) return limited;
        return axis.Log
            ? new(axis.Min ?? limited.Max / 10, axis.Max ?? limited.Min * 10)
            : new(axis.Min ?? limited.Max - 1, axis.Max ?? limited.Min + 1);
    }
}
