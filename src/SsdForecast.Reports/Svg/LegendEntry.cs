namespace SsdForecast.Reports;

/// <summary>A swatch of a layer and its name, at their place.</summary>
/// <param name="X">Left edge of the swatch.</param>
/// <param name="Y">Its middle.</param>
internal sealed record LegendEntry(Layer Layer, double X, double Y, PlacedText Label)
{
    /// <summary>Width of a swatch in pixels.</summary>
    public const double Swatch = 20;

    private const double SwatchGap = 7;
    private const double EntryGap = 20;

    /// <summary>Places entries from left to right, in as many rows as it takes; nothing when fewer than two layers have a name.</summary>
    /// <param name="bottom">The lower edge of the last row; <paramref name="top"/> when there are no entries.</param>
    public static IReadOnlyList<LegendEntry> Place(Chart chart, double left, double right, double top, double size, out double bottom)
    {
        bottom = top;
        var named = chart.Layers.Where(l => !string.IsNullOrWhiteSpace(l.Name) && l is not HeatmapLayer).OrderBy(l => l.LegendRank).ToList();
        if (!chart.Legend || named.Count < 2) return [];
        var rowHeight = size * 1.65;
        var entries = new List<LegendEntry>();
        var (x, y) = (left, top + rowHeight / 2);
        foreach (var layer in named)
        {
            var name = TextMetrics.Elide(PlainText.Clean(layer.Name), right - left - Swatch - SwatchGap, size);
            var width = Swatch + SwatchGap + TextMetrics.Width(name, size);
            if (x > left && x + width > right)
            {
                x = left;
                y += rowHeight;
            }
            entries.Add(new(layer, x, y, new(name, x + Swatch + SwatchGap, y + size * 0.35, size, Anchor.Start, TextRole.Legend)));
            x += width + EntryGap;
        }
        bottom = y + rowHeight / 2;
        return entries;
    }
}
