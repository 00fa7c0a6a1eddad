namespace SsdForecast.Reports;

/// <summary>
/// Puts charts into a page: heading and note as text of the page, and the picture in the widths it is read at. A wide figure holds two layouts of
/// its chart and the style sheet shows the one for the screen; a figure of a pair is narrow everywhere and needs only one.
/// </summary>
internal sealed class FigureWriter(HtmlWriter html)
{
    private static readonly SvgOptions Wide = new()
    {
        Width = 820, FontSize = 13, Padding = 0, Titles = false, Background = false, Theme = ChartTheme.Css,
    };

    private static readonly SvgOptions Narrow = Wide with { Width = 358, FontSize = 12, Tooltips = false };

    private int _count;

    /// <summary>A figure over the whole width.</summary>
    public void Full(Chart chart)
    {
        Open(chart);
        Picture(chart, Wide, "wide", "w");
        Picture(chart, Narrow, "narrow", "n");
        html.Close();
    }

    /// <summary>A figure that takes half the width where two fit side by side.</summary>
    public void Half(Chart chart)
    {
        Open(chart);
        Picture(chart, Narrow with { Width = 420, PlotHeight = 220, Tooltips = true }, "chart wide", "w");
        Picture(chart, Narrow, "chart narrow", "n");
        html.Close();
    }

    private void Open(Chart chart)
    {
        _count++;
        html.Open("figure");
        html.Open("figcaption");
        html.Element("h2", chart.Title);
        if (!string.IsNullOrEmpty(chart.Subtitle)) html.Element("p", chart.Subtitle, "note");
        html.Close();
    }

    private void Picture(Chart chart, SvgOptions options, string @class, string suffix)
    {
        html.Open("div", @class);
        SvgRenderer.Write(html.Xml, ChartLayout.Of(chart, options with { IdPrefix = $"f{_count}{suffix}" }));
        html.Close();
    }
}
