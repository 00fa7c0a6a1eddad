namespace SsdForecast.Reports;

/// <summary>The ticks of a chart's axes, whoever draws it.</summary>
internal static class AxisTicks
{
    /// <summary>Ticks of the horizontal axis, as many as fit.</summary>
    public static TickSet Horizontal(Chart chart, double min, double max, AxisSpace space) => chart.X switch
    {
        { Kind: AxisKind.Time } => TimeTicks.Horizontal(min, max, space),
        { Kind: AxisKind.Category } axis => CategoryTicks.Horizontal([.. axis.Categories.Select(n => PlainText.Clean(n))], space),
        { Log: true } => LogTicks.Horizontal(min, max, space),
        { Cycle: > 1 } axis => NumberTicks.Cyclic(min, max, space, axis.Cycle),
        var axis => NumberTicks.Horizontal(min, max, space, axis.WholeNumbers || IsMatrix(chart)),
    };

    /// <summary>Ticks of the vertical axis.</summary>
    /// <param name="chart">The chart.</param>
    /// <param name="min">Where the axis starts.</param>
    /// <param name="max">Where it ends.</param>
    /// <param name="pixels">Its length.</param>
    /// <param name="labelWidth">The most pixels for the name of a category.</param>
    /// <param name="size">Size of the labels.</param>
    public static TickSet Vertical(Chart chart, double min, double max, double pixels, double labelWidth, double size) => chart.Y switch
    {
        { Kind: AxisKind.Category } axis => CategoryTicks.Vertical([.. axis.Categories.Select(n => PlainText.Clean(n))], pixels, labelWidth, size),
        { Log: true } => LogTicks.Vertical(min, max, pixels),
        var axis => NumberTicks.Vertical(min, max, pixels, axis.WholeNumbers || IsMatrix(chart)),
    };

    private static bool IsMatrix(Chart chart) => chart.Layers.Any(l => l is HeatmapLayer);
}
