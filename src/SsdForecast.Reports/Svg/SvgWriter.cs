using System.Globalization;
using System.Xml;

namespace SsdForecast.Reports;

/// <summary>Elements of SVG by name. Escaping and well-formedness are XmlWriter's.</summary>
internal sealed class SvgWriter(XmlWriter xml)
{
    public const string Namespace = "http://www.w3.org/2000/svg";

    public void Open(string name, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        xml.WriteStartElement(name, Namespace);
        foreach (var (key, value) in attributes) xml.WriteAttributeString(key, value);
    }

    public void Close() => xml.WriteEndElement();

    public void Empty(string name, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        Open(name, attributes);
        Close();
    }

    public void Text(string name, string text, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        Open(name, attributes);
        xml.WriteString(text);
        Close();
    }

    public void Rectangle(double x, double y, double width, double height, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        OpenRectangle(x, y, width, height, attributes);
        Close();
    }

    public void OpenRectangle(double x, double y, double width, double height, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        Open("rect", ("x", N(x)), ("y", N(y)), ("width", N(width)), ("height", N(height)));
        foreach (var (key, value) in attributes) xml.WriteAttributeString(key, value);
    }

    public void Line(double x1, double y1, double x2, double y2, string stroke, double width, string? dash = null, bool crisp = true)
    {
        Open("line", ("x1", N(x1)), ("y1", N(y1)), ("x2", N(x2)), ("y2", N(y2)), ("stroke", stroke), ("stroke-width", Stroke(width)));
        if (dash is not null) xml.WriteAttributeString("stroke-dasharray", dash);
        if (crisp) xml.WriteAttributeString("shape-rendering", "crispEdges");
        Close();
    }

    /// <summary>A length as text, to a tenth of a pixel; opacities pass through <see cref="Opacity"/>.</summary>
    public static string N(double value) => PathData.Number(value);

    public static string Opacity(double value) => Math.Clamp(value, 0, 1).ToString("0.###", CultureInfo.InvariantCulture);

    public static string Stroke(double width) => Math.Clamp(width, 0.1, 20).ToString("0.##", CultureInfo.InvariantCulture);

    public static string? Dash(LineDash dash) => dash switch
    {
        LineDash.Dashed => "5 4",
        LineDash.Dotted => "1 4",
        _ => null,
    };
}
