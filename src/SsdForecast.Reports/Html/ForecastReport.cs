using System.Text;
using System.Xml;
using SsdForecast.Data;

namespace SsdForecast.Reports;

/// <summary>
/// A report of forecasts against what happened, as one HTML file: no script, no network, readable on a phone and on a desk, by day, by night and
/// on paper.
/// </summary>
public static class ForecastReport
{
    /// <summary>The report as HTML. Equal input gives equal text.</summary>
    /// <exception cref="ArgumentException">Parts of the input do not fit together; the message names the place.</exception>
    public static string Render(ReportInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var content = new ReportContent(input);
        var text = new StringBuilder("<!DOCTYPE html>\n");
        var settings = new XmlWriterSettings { OmitXmlDeclaration = true, NewLineHandling = NewLineHandling.None, ConformanceLevel = ConformanceLevel.Fragment };
        using (var xml = XmlWriter.Create(text, settings)) new ReportPage(new HtmlWriter(xml), content).Write();
        return text.Append('\n').ToString();
    }

    /// <summary>Writes the report to a file, which appears whole or not at all.</summary>
    /// <exception cref="ArgumentException">Parts of the input do not fit together.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(ReportInput input, string path) => AtomicFile.WriteText(path, Render(input));

    /// <summary>The charts of the report by name (<c>forecast-1</c>, <c>error-by-lead</c>, <c>calibration</c> …), in the order of the report.</summary>
    /// <exception cref="ArgumentException">Parts of the input do not fit together.</exception>
    public static IReadOnlyList<KeyValuePair<string, Chart>> Charts(ReportInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return [.. new ReportContent(input).Charts().Select(c => KeyValuePair.Create(c.Name, c.Chart))];
    }

    /// <summary>Writes every chart of the report as <c>NAME.png</c> into a folder, which is made if need be.</summary>
    /// <returns>The files written.</returns>
    /// <exception cref="ArgumentException">Parts of the input do not fit together.</exception>
    /// <exception cref="PngUnavailableException">This machine cannot draw PNG; nothing was written.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static IReadOnlyList<string> WritePngs(ReportInput input, string folder, double scale = 2)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var drawn = Charts(input).Select(c => (Path: Path.Combine(folder, c.Key + ".png"), Png: PngRenderer.Render(c.Value, scale: scale))).ToList();
        foreach (var (path, png) in drawn) AtomicFile.Write(path, stream => stream.Write(png));
        return drawn.ConvertAll(d => d.Path);
    }
}
