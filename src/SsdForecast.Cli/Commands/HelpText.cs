namespace SsdForecast.Cli.Commands;

/// <summary>Writes lines of help, wrapped to a width.</summary>
/// <param name="writer">Takes the text.</param>
/// <param name="width">The longest line, in characters; a word or an example that is longer stands alone.</param>
internal sealed class HelpText(TextWriter writer, int width)
{
    /// <summary>A line as it is.</summary>
    public void Line(string line = "") => writer.WriteLine(line);

    /// <summary>A heading after an empty line.</summary>
    public void Heading(string heading)
    {
        writer.WriteLine();
        writer.WriteLine(heading);
    }

    /// <summary>Text from the left edge.</summary>
    public void Paragraph(string text) => Wrap("", "", text);

    /// <summary>A command line, and below it what it is for.</summary>
    public void Example(string line, string why)
    {
        writer.WriteLine("  " + line);
        Wrap("      ", "      ", why);
    }

    /// <summary>A name and its text, the text wrapped beside it.</summary>
    /// <param name="column">Characters for the name.</param>
    public void Row(string name, string text, int column)
    {
        var indent = new string(' ', column + 2);
        var line = "  " + (name.Length < column ? name.PadRight(column) : name);
        if (name.Length >= column)
        {
            writer.WriteLine(line);
            line = indent;
        }
        Wrap(line, indent, text);
    }

    private void Wrap(string line, string indent, string text)
    {
        foreach (var word in text.Split(' '))
        {
            if (line.Length + word.Length > width && line.Trim().Length > 0)
            {
                writer.WriteLine(line.TrimEnd());
                line = indent;
            }
            line += word + " ";
        }
        writer.WriteLine(line.TrimEnd());
    }
}
