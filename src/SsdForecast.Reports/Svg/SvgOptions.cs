namespace SsdForecast.Reports;

/// <summary>How a chart is drawn.</summary>
public sealed record SvgOptions
{
    /// <summary>Width in pixels, 120 or more. Layout follows it: ticks, line breaks and legend of a narrow picture differ from those of a wide one.</summary>
    public double Width { get; init; } = 800;

    /// <summary>Height of the plot itself in pixels, 40 or more; titles, legend and labels come on top. Null: a good proportion of the width.</summary>
    public double? PlotHeight { get; init; }

    /// <summary>The colours.</summary>
    public ChartTheme Theme { get; init; } = ChartTheme.Light;

    /// <summary>Size of tick labels in pixels; all other text follows.</summary>
    public double FontSize { get; init; } = 12;

    /// <summary>Empty margin around everything, in pixels.</summary>
    public double Padding { get; init; } = 16;

    /// <summary>Whether title and subtitle are part of the picture. A page that has its own headings leaves them out; they stay in <c>&lt;title&gt;</c> and <c>&lt;desc&gt;</c>.</summary>
    public bool Titles { get; init; } = true;

    /// <summary>Whether the ground is painted.</summary>
    public bool Background { get; init; } = true;

    /// <summary>Whether positions carry tooltips, where they are at least 3 pixels apart.</summary>
    public bool Tooltips { get; init; } = true;

    /// <summary>Put before every id, so that several pictures can stand in one page.</summary>
    public string IdPrefix { get; init; } = "chart";

    /// <summary>A picture 390 pixels wide, for a phone held upright.</summary>
    public static SvgOptions Phone { get; } = new() { Width = 390, FontSize = 11.5, Padding = 14 };

    internal void Validate()
    {
        if (!(Width >= 120 && Width <= 20_000)) throw new ArgumentException($"the width is {Width}; it must lie between 120 and 20000 pixels");
        if (PlotHeight is { } h && !(h >= 40 && h <= 20_000)) throw new ArgumentException($"the plot height is {h}; it must lie between 40 and 20000 pixels");
        if (!(FontSize >= 4 && FontSize <= 100)) throw new ArgumentException($"the font size is {FontSize}; it must lie between 4 and 100 pixels");
        if (!(Padding >= 0 && Padding < Width / 3)) throw new ArgumentException($"the padding is {Padding}; it must be at least 0 and below a third of the width");
        if (IdPrefix.Length == 0 || !char.IsAsciiLetter(IdPrefix[0]) || IdPrefix.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
            throw new ArgumentException($"the id prefix “{IdPrefix}” must be letters, digits, - and _, a letter first");
    }
}
