namespace SsdForecast.Reports;

/// <summary>The room a horizontal axis has for its labels, in pixels.</summary>
/// <param name="Left">Where the axis starts.</param>
/// <param name="Right">Where it ends.</param>
/// <param name="MinText">The left edge of the picture.</param>
/// <param name="MaxText">The right edge of the picture.</param>
/// <param name="FontSize">Size of tick labels.</param>
internal readonly record struct AxisSpace(double Left, double Right, double MinText, double MaxText, double FontSize)
{
    /// <summary>Least distance between two labels of a row.</summary>
    public const double Gap = 10;

    public double Length => Right - Left;

    /// <summary>The extent of a label centred on a value.</summary>
    public TextSpan Span(string label, double value, Scale scale) =>
        TextSpan.Centred(scale.Map(value), TextMetrics.Width(label, FontSize), MinText, MaxText);
}
