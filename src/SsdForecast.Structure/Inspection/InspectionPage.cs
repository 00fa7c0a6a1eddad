using System.Text;
using System.Xml;
using SsdForecast.Data;
using SsdForecast.Reports;

namespace SsdForecast.Structure;

/// <summary>An inspection as one HTML file: no script, no network.</summary>
public static class InspectionPage
{
    /// <summary>The page as HTML. Equal input gives equal text.</summary>
    public static string Render(InspectionReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var text = new StringBuilder("<!DOCTYPE html>\n");
        var settings = new XmlWriterSettings { OmitXmlDeclaration = true, NewLineHandling = NewLineHandling.None, ConformanceLevel = ConformanceLevel.Fragment };
        using (var xml = XmlWriter.Create(text, settings)) new InspectionPageWriter(new HtmlWriter(xml), report).Write();
        return text.Append('\n').ToString();
    }

    /// <summary>Writes the page to a file, which appears whole or not at all.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(InspectionReport report, string path) => AtomicFile.WriteText(path, Render(report));
}
