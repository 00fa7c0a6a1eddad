namespace SsdForecast.Reports;

/// <summary>A horizontal extent of text, in pixels.</summary>
internal readonly record struct TextSpan(double Left, double Right)
{
    public double Centre => (Left + Right) / 2;

    /// <summary>Text of a width centred on a point, moved as little as needed to stay inside the picture.</summary>
    public static TextSpan Centred(double at, double width, double min, double max)
    {
        var left = Math.Max(Math.Min(at - width / 2, max - width), min);
        return new(left, left + width);
    }
}

/// <summary>Whether labels side by side keep apart.</summary>
internal static class LabelRow
{
    /// <summary>Whether every label begins at least <paramref name="gap"/> pixels after the one before it ended.</summary>
    public static bool Fits(IReadOnlyList<TextSpan> spans, double gap)
    {
        for (var i = 1; i < spans.Count; i++)
            if (spans[i].Left - spans[i - 1].Right < gap) return false;
        return true;
    }

    /// <summary>Indices of the labels that can be kept, from the left, so that they fit.</summary>
    public static List<int> Thin(IReadOnlyList<TextSpan> spans, double gap)
    {
        var kept = new List<int>();
        for (var i = 0; i < spans.Count; i++)
            if (kept.Count == 0 || spans[i].Left - spans[kept[^1]].Right >= gap) kept.Add(i);
        return kept;
    }
}
