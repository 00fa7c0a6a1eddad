namespace SsdForecast.Reports;

/// <summary>Ticks of a logarithmic axis: powers of ten, with 2 and 5 between them over short ranges.</summary>
internal static class LogTicks
{
    private static readonly int[] Decades = [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 400];

    /// <summary>Ticks of a vertical axis.</summary>
    public static TickSet Vertical(double min, double max, double pixels) => Make(min, max, Math.Max(2, (int)(pixels / 36)));

    /// <summary>Ticks of a horizontal axis, as many as fit.</summary>
    public static TickSet Horizontal(double min, double max, AxisSpace space)
    {
        var scale = new Scale(min, max, space.Left, space.Right, true);
        for (var most = Math.Max(2, (int)(space.Length / 50)); ; most--)
        {
            var set = Make(min, max, most);
            var spans = set.Ticks.Select(t => space.Span(t.Label, t.Value, scale)).ToList();
            if (LabelRow.Fits(spans, AxisSpace.Gap)) return set;
            if (most <= 2) return new TickSet([.. LabelRow.Thin(spans, AxisSpace.Gap).Select(k => set.Ticks[k])]);
        }
    }

    private static TickSet Make(double min, double max, int most)
    {
        var (low, high) = (Math.Log10(min), Math.Log10(max));
        if (high - low < 0.7) return NumberTicks.Vertical(min, max, most * 30);
        foreach (var factors in (int[][])[[1, 2, 5], [1, 3], [1]])
        {
            var ticks = Powers(low, high, 1, factors);
            if (ticks.Count >= 2 && ticks.Count <= most) return new(ticks);
        }
        var every = Decades.First(d => (high - low) / d <= most);
        return new(Powers(low, high, every, [1]));
    }

    private static List<Tick> Powers(double low, double high, int every, int[] factors)
    {
        var ticks = new List<Tick>();
        var plain = low >= -3.01 && high < 6;
        for (var e = (int)Math.Floor(low / every) * every; e <= Math.Min(high, 400); e += every)
        {
            foreach (var factor in factors)
            {
                var at = e + Math.Log10(factor);
                if (at < low - 1e-9 || at > high + 1e-9) continue;
                var value = Math.Pow(10, at);
                var label = plain ? NumberFormat.Value(value, 1) : $"{(factor == 1 ? "" : $"{factor}×")}10{NumberFormat.Superscript(e)}";
                ticks.Add(new(value, label));
            }
        }
        return ticks;
    }
}
