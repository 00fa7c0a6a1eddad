namespace SsdForecast.Reports;

/// <summary>The colours of a picture: values for CSS and SVG, such as <c>#0072B2</c> or <c>var(--blue)</c>.</summary>
public sealed record ChartTheme
{
    private readonly string[] _tones;

    private ChartTheme(string background, string grid, string axis, string text, string secondary, params string[] tones)
    {
        Background = background;
        Grid = grid;
        Axis = axis;
        Text = text;
        SecondaryText = secondary;
        _tones = tones;
    }

    /// <summary>Dark on white, for paper and light screens.</summary>
    public static ChartTheme Light { get; } = new(
        "#ffffff", "#e6e8eb", "#8b929c", "#16181d", "#5b626d",
        "#16181d", "#8b929c", "#0072b2", "#d55e00", "#00885f", "#a8478a", "#b07c00", "#3a9bd9");

    /// <summary>Light on near-black, for dark screens.</summary>
    public static ChartTheme Dark { get; } = new(
        "#14161a", "#2a2e35", "#6d7580", "#f1f3f5", "#a3abb6",
        "#f1f3f5", "#818a96", "#4db2f5", "#ff8d4e", "#31c79a", "#e394c6", "#efb63a", "#a3d9ff");

    /// <summary>CSS variables, for SVG inside a page that defines them: the page decides, and follows the reader's light or dark setting.</summary>
    public static ChartTheme Css { get; } = new(
        "var(--ground)", "var(--grid)", "var(--axis)", "var(--text)", "var(--secondary)",
        "var(--ink)", "var(--muted)", "var(--blue)", "var(--vermilion)", "var(--green)", "var(--purple)", "var(--amber)", "var(--sky)");

    /// <summary>The ground that the picture is drawn on.</summary>
    public string Background { get; }

    /// <summary>Grid lines.</summary>
    public string Grid { get; }

    /// <summary>The base line and its tick marks.</summary>
    public string Axis { get; }

    /// <summary>Titles.</summary>
    public string Text { get; }

    /// <summary>Tick labels, axis labels, subtitles.</summary>
    public string SecondaryText { get; }

    /// <summary>The colour of a tone.</summary>
    public string this[Tone tone] => _tones[(int)tone];
}
