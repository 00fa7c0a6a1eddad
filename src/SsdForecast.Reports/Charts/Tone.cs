namespace SsdForecast.Reports;

/// <summary>
/// A colour by its part in the picture. <see cref="ChartTheme"/> says which colour that is on a light and on a dark ground.
/// The hues are those of Okabe and Ito (2008), which stay apart for every common form of colour blindness.
/// </summary>
public enum Tone
{
    /// <summary>The colour of text: what was observed.</summary>
    Ink,

    /// <summary>Grey: what was known before, references and guides.</summary>
    Muted,

    /// <summary>The model that the picture is about.</summary>
    Blue,

    /// <summary>The first baseline.</summary>
    Vermilion,

    /// <summary>The second baseline.</summary>
    Green,

    /// <summary>A further series.</summary>
    Purple,

    /// <summary>A further series.</summary>
    Amber,

    /// <summary>A further series.</summary>
    Sky,
}
