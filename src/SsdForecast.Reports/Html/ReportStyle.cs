using System.Text;

namespace SsdForecast.Reports;

/// <summary>The style sheet of a report: the embedded file and the colours of <see cref="ChartTheme"/> as variables.</summary>
internal static class ReportStyle
{
    private static readonly Lazy<string> Sheet = new(Make);

    public static string Css => Sheet.Value;

    private static string Make()
    {
        using var stream = typeof(ReportStyle).Assembly.GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(stream);
        var rules = reader.ReadToEnd();
        // Paper is light, whatever the screen is; a reader's own choice (data-theme) stands above the system's.
        return $"""
            :root {Variables(ChartTheme.Light, "light")}
            @media (prefers-color-scheme: dark) [[ :root:not([data-theme="light"]) {Variables(ChartTheme.Dark, "dark")} ]]
            :root[data-theme="dark"] {Variables(ChartTheme.Dark, "dark")}
            {rules}
            @media print [[ :root:root:root {Variables(ChartTheme.Light, "light")} ]]
            """.Replace("[[", "{", StringComparison.Ordinal).Replace("]]", "}", StringComparison.Ordinal);
    }

    private static string Variables(ChartTheme theme, string scheme)
    {
        var css = new StringBuilder("{ color-scheme: ").Append(scheme).Append("; ");
        void Add(string name, string value) => css.Append("--").Append(name).Append(": ").Append(value).Append("; ");
        Add("ground", theme.Background);
        Add("grid", theme.Grid);
        Add("axis", theme.Axis);
        Add("text", theme.Text);
        Add("secondary", theme.SecondaryText);
        foreach (var tone in Enum.GetValues<Tone>()) Add(tone.ToString().ToLowerInvariant(), theme[tone]);
        return css.Append('}').ToString();
    }
}
