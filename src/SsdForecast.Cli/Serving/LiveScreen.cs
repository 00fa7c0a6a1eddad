using System.Text;
using Spectre.Console.Rendering;

namespace SsdForecast.Cli.Serving;

/// <summary>
/// The alternate screen of a terminal, painted whole each time: whatever size it has by then, nothing of an earlier one is left. Lines are cut at its right
/// edge and never wrap.
/// </summary>
internal sealed class LiveScreen : IDisposable
{
    private const string Begin = "\e[?1049h\e[?25l\e[?7l\e[2J";
    private const string End = "\e[0m\e[?7h\e[?25h\e[?1049l";

    private readonly TextWriter _terminal;

    public LiveScreen(TextWriter terminal)
    {
        _terminal = terminal;
        _terminal.Write(Begin);
    }

    /// <summary>Paints lines, the first ones where there are too many.</summary>
    public void Paint(IReadOnlyList<LiveLine> lines, int width, int height) => _terminal.Write(Frame(lines, width, height));

    /// <summary>What paints lines.</summary>
    public static string Frame(IReadOnlyList<LiveLine> lines, int width, int height)
    {
        var frame = new StringBuilder("\e[H");
        for (var i = 0; i < Math.Min(lines.Count, height); i++)
        {
            if (i > 0) frame.Append("\r\n");
            var text = Cut(BadEventException.OneLine(lines[i].Text), width);
            frame.Append(lines[i].Style switch { LiveStyle.Title => "\e[1m", LiveStyle.Note => "\e[33m", _ => "" }).Append(text).Append("\e[0m\e[K");
        }

        return frame.Append("\e[J").ToString();
    }

    public void Dispose() => _terminal.Write(End);

    // In cells: some characters take two.
    private static string Cut(string text, int width)
    {
        if (new Segment(text).CellCount() <= width) return text;
        var (length, cells) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            cells += new Segment(rune.ToString()).CellCount();
            if (cells > width) break;
            length += rune.Utf16SequenceLength;
        }

        return text[..length];
    }
}

/// <summary>How a line looks.</summary>
internal enum LiveStyle
{
    Plain,
    Title,
    Note,
}

/// <summary>A line of the screen.</summary>
internal readonly record struct LiveLine(string Text, LiveStyle Style = LiveStyle.Plain);
