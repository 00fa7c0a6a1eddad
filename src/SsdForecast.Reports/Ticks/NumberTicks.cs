namespace SsdForecast.Reports;

/// <summary>Ticks at 1, 2 or 5 times a power of ten.</summary>
internal static class NumberTicks
{
    /// <summary>Ticks of a vertical axis: 30 pixels apart or more, and not much more; one at least, for which two may be 24 apart.</summary>
    public static TickSet Vertical(double min, double max, double pixels, bool wholeNumbers = false)
    {
        var step = Step((max - min) / Math.Max(1, pixels / 30), wholeNumbers);
        var set = Make(min, max, step);
        // A step as large as the range may have no multiple in it.
        for (var i = 0; i < 3 && set.Ticks.Count == 0 && !wholeNumbers; i++) set = Make(min, max, step = Step(step * 0.4));
        return set;
    }

    /// <summary>Ticks of a horizontal axis, as many as fit.</summary>
    public static TickSet Horizontal(double min, double max, AxisSpace space, bool wholeNumbers = false)
    {
        var scale = new Scale(min, max, space.Left, space.Right);
        var step = Step((max - min) / Math.Max(1, space.Length / 56), wholeNumbers);
        for (var i = 0; ; i++)
        {
            var set = Make(min, max, step);
            var spans = set.Ticks.Select(t => space.Span(t.Label, t.Value, scale)).ToList();
            if (LabelRow.Fits(spans, AxisSpace.Gap)) return set;
            if (i == 12) return new TickSet([.. LabelRow.Thin(spans, AxisSpace.Gap).Select(k => set.Ticks[k])]);
            step = Step(step * 1.5, wholeNumbers);
        }
    }

    /// <summary>Ticks of a horizontal axis of whole numbers at the parts and multiples of a cycle, as many as fit; decimal ones where none fit.</summary>
    public static TickSet Cyclic(double min, double max, AxisSpace space, int cycle)
    {
        var scale = new Scale(min, max, space.Left, space.Right);
        var parts = Enumerable.Range(1, cycle).Where(d => cycle % d == 0).Concat(new[] { 2, 3, 4, 7, 14, 28 }.Select(m => m * cycle));
        foreach (var step in parts.Where(d => d * space.Length / (max - min) >= 44))
        {
            var set = Make(min, max, step);
            if (set.Ticks.Count >= 2 && LabelRow.Fits([.. set.Ticks.Select(t => space.Span(t.Label, t.Value, scale))], AxisSpace.Gap)) return set;
        }
        return Horizontal(min, max, space, true);
    }

    /// <summary>The smallest of 1, 2 and 5 times a power of ten that is not below <paramref name="least"/>.</summary>
    public static double Step(double least, bool wholeNumbers = false)
    {
        if (wholeNumbers && least <= 1) return 1;
        var power = Math.Floor(Math.Log10(least));
        var unit = Math.Pow(10, power);
        foreach (var factor in (ReadOnlySpan<double>)[1, 2, 5])
            if (factor * unit >= least * (1 - 1e-9)) return factor * unit;
        return 10 * unit;
    }

    private static TickSet Make(double min, double max, double step)
    {
        // Multiples of the step are counted, not summed, so that 0.1 + 0.2 never shows.
        var first = Math.Ceiling(min / step - 1e-9);
        var last = Math.Floor(max / step + 1e-9);
        var format = NumberFormat.ForTicks(Math.Max(Math.Abs(first * step), Math.Abs(last * step)), step);
        var ticks = new List<Tick>();
        for (var k = first; k <= last && ticks.Count < 1000; k++)
        {
            var value = step is < 1 and > 1e-15 ? k / Math.Round(1 / step) : k * step;
            ticks.Add(new(Math.Clamp(value, min, max), format(value)));
        }
        return new(ticks);
    }
}
