using System.Xml;

namespace SsdForecast.Reports;

/// <summary>
/// Writes HTML that is well-formed XML as well. Text and attributes are escaped by XmlWriter and cleaned by <see cref="PlainText"/>, whoever wrote
/// them; there is no way to write markup as text.
/// </summary>
internal sealed class HtmlWriter(XmlWriter xml)
{
    public const string Namespace = "http://www.w3.org/1999/xhtml";

    /// <summary>The writer underneath, for SVG.</summary>
    public XmlWriter Xml => xml;

    public void Open(string name, string? @class = null, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        xml.WriteStartElement(name, Namespace);
        if (@class is not null) xml.WriteAttributeString("class", @class);
        foreach (var (key, value) in attributes) xml.WriteAttributeString(key, PlainText.Clean(value, 2000));
    }

    /// <summary>Ends an element that may have content; it gets an end tag even when empty, as HTML wants.</summary>
    public void Close() => xml.WriteFullEndElement();

    /// <summary>An element that can have no content, such as <c>meta</c>.</summary>
    public void Void(string name, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        Open(name, null, attributes);
        xml.WriteEndElement();
    }

    public void Text(string text) => xml.WriteString(PlainText.Clean(text, 4000));

    public void Element(string name, string text, string? @class = null, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        Open(name, @class, attributes);
        Text(text);
        Close();
    }

    /// <summary>A style sheet, which must hold no character that XML escapes: HTML does not unescape it.</summary>
    public void Style(string css)
    {
        if (css.AsSpan().ContainsAny('<', '>', '&')) throw new ArgumentException("a style sheet with <, > or & reads differently as HTML and as XML", nameof(css));
        Open("style");
        xml.WriteString(css);
        Close();
    }
}
