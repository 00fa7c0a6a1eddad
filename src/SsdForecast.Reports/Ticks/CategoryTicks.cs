namespace SsdForecast.Reports;

/// <summary>Names under (or beside) their places; elided, or every k-th only, when there is no room. A place without a name has no tick.</summary>
internal static class CategoryTicks
{
    private const double LeastWidth = 34;

    public static TickSet Horizontal(IReadOnlyList<string> names, AxisSpace space)
    {
        var named = Math.Max(1, names.Count(n => n.Length > 0));
        var place = space.Length / named;
        var every = Math.Max(1, (int)Math.Ceiling(LeastWidth / place));
        var room = place * every - AxisSpace.Gap;
        var set = Make(names, every, room, space.FontSize);
        // At the edges of the picture labels move inwards and may meet their neighbours.
        var scale = new Scale(-0.5, names.Count - 0.5, space.Left, space.Right);
        var kept = LabelRow.Thin([.. set.Ticks.Select(t => space.Span(t.Label, t.Value, scale))], 4);
        return kept.Count == set.Ticks.Count ? set : new TickSet(kept.ConvertAll(k => set.Ticks[k]));
    }

    public static TickSet Vertical(IReadOnlyList<string> names, double pixels, double room, double fontSize) =>
        Make(names, Math.Max(1, (int)Math.Ceiling(names.Count(n => n.Length > 0) * fontSize * 1.4 / pixels)), room, fontSize);

    private static TickSet Make(IReadOnlyList<string> names, int every, double room, double fontSize)
    {
        var ticks = new List<Tick>();
        var named = 0;
        for (var i = 0; i < names.Count; i++)
            if (names[i].Length > 0 && named++ % every == 0) ticks.Add(new(i, TextMetrics.Elide(names[i], room, fontSize)));
        return new(ticks);
    }
}
