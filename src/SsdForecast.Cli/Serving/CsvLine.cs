using System.Text;

namespace SsdForecast.Cli.Serving;

/// <summary>Cuts one line of CSV into cells. An event is a line: a quoted cell may hold delimiters and doubled quotes, and no line break.</summary>
internal static class CsvLine
{
    /// <summary>The cells of a line, without spaces around them.</summary>
    /// <exception cref="BadEventException">A quote is not closed.</exception>
    public static string[] Split(string line, char delimiter)
    {
        if (!line.Contains('"')) return [.. line.Split(delimiter).Select(c => c.Trim())];
        var cells = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quoted && c == '"' && i + 1 < line.Length && line[i + 1] == '"') cell.Append(line[i++]);
            else if (c == '"') quoted = !quoted;
            else if (c == delimiter && !quoted) Take();
            else cell.Append(c);
        }
        if (quoted) throw new BadEventException(BadEvent.Unreadable, "a quote is not closed; a line is one event, and a cell has no line break");
        Take();
        return [.. cells];

        void Take()
        {
            cells.Add(cell.ToString().Trim());
            cell.Clear();
        }
    }

    /// <summary>The delimiter that a header uses most.</summary>
    public static char Delimiter(string header) => new[] { ',', ';', '\t', '|' }.MaxBy(d => header.Count(c => c == d));

    /// <summary>A cell, quoted if need be.</summary>
    public static string Quote(string text) => text.AsSpan().IndexOfAny("\",\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
