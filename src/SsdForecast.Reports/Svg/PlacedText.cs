namespace SsdForecast.Reports;

/// <summary>What a text is for, which decides its colour.</summary>
internal enum TextRole
{
    Title,
    Subtitle,
    Legend,
    Caption,
    Tick,
    Context,
    Rule,
    Note,
}

/// <summary>Which point of a text its position is.</summary>
internal enum Anchor
{
    Start,
    Middle,
    End,
}

/// <summary>A line of text at its place.</summary>
/// <param name="X">The position of the anchor.</param>
/// <param name="Y">The base line.</param>
internal sealed record PlacedText(string Text, double X, double Y, double Size, Anchor Anchor, TextRole Role, bool Bold = false)
{
    private double Width => TextMetrics.Width(Text, Size, Bold);

    public double Left => X - Width * (Anchor switch { Anchor.Start => 0, Anchor.Middle => 0.5, _ => 1 });

    public double Right => Left + Width;

    public double Top => Y - Size * 0.8;

    public double Bottom => Y + Size * 0.22;

    /// <summary>Whether two texts touch.</summary>
    public bool Overlaps(PlacedText other, double gap = 0) =>
        Left < other.Right + gap && other.Left < Right + gap && Top < other.Bottom && other.Top < Bottom;
}
