namespace SsdForecast.Reports;

/// <summary>The frame of a page that is one file, for a phone and for a desk, in light and in dark.</summary>
internal static class HtmlPage
{
    /// <summary>Writes a page.</summary>
    /// <param name="html">Takes it.</param>
    /// <param name="title">Its title.</param>
    /// <param name="css">Its style sheet.</param>
    /// <param name="content">Writes what stands in it.</param>
    public static void Write(HtmlWriter html, string title, string css, Action content)
    {
        html.Open("html", null, ("lang", "en"));
        html.Open("head");
        html.Void("meta", ("charset", "utf-8"));
        html.Void("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"));
        // Nothing is loaded and nothing runs, even if a name in the data found a way to ask for it.
        html.Void("meta", ("http-equiv", "Content-Security-Policy"), ("content", "default-src 'none'; style-src 'unsafe-inline'"));
        html.Void("meta", ("name", "color-scheme"), ("content", "light dark"));
        html.Element("title", title);
        html.Style(css);
        html.Close();
        html.Open("body");
        html.Open("main");
        content();
        html.Close();
        html.Close();
        html.Close();
    }
}
