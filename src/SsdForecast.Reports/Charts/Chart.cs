namespace SsdForecast.Reports;

/// <summary>
/// A picture as data: what is drawn, not how. <see cref="SvgRenderer"/> and <see cref="PngRenderer"/> draw it.
/// </summary>
public sealed record Chart
{
    /// <summary>What the picture says, in a few words. Wrapped when it does not fit.</summary>
    public required string Title { get; init; }

    /// <summary>A second, quieter line.</summary>
    public string? Subtitle { get; init; }

    /// <summary>What a reader who cannot see the picture should be told; the subtitle when null.</summary>
    public string? Description { get; init; }

    /// <summary>The horizontal axis.</summary>
    public Axis X { get; init; } = Axis.Number();

    /// <summary>The vertical axis; a number axis, or a category axis under a heat map.</summary>
    public Axis Y { get; init; } = Axis.Number();

    /// <summary>What is drawn, back to front.</summary>
    public IReadOnlyList<Layer> Layers { get; init; } = [];

    /// <summary>Whether named layers are listed above the plot. A single named layer is never listed: the title says what it is.</summary>
    public bool Legend { get; init; } = true;
}
