using Spectre.Console;
using SsdForecast.Cli.Hosting;

namespace SsdForecast.Cli.Output;

/// <summary>A small table: drawn on a terminal, plain aligned columns elsewhere. Columns of numbers are aligned to the right.</summary>
internal sealed class TextTable(params string[] headers)
{
    private readonly List<string[]> _rows = [];

    public TextTable Add(params string[] cells)
    {
        _rows.Add(cells);
        return this;
    }

    public void Write(CommandHost host)
    {
        if (host.DrawsOutput) Draw(host.Out);
        else WritePlain(host.Out);
    }

    private void Draw(TextWriter writer)
    {
        var table = new Table { Border = TableBorder.Simple };
        for (var c = 0; c < headers.Length; c++)
        {
            var column = new TableColumn(Markup.Escape(headers[c])).NoWrap();
            table.AddColumn(IsNumeric(c) ? column.RightAligned() : column);
        }
        foreach (var row in _rows) table.AddRow([.. row.Select(Markup.Escape)]);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        console.Write(table);
    }

    private void WritePlain(TextWriter writer)
    {
        var widths = headers.Select((h, c) => _rows.Select(r => r[c].Length).Append(h.Length).Max()).ToArray();
        var numeric = headers.Select((_, c) => IsNumeric(c)).ToArray();
        foreach (var row in _rows.Prepend(headers))
            writer.WriteLine(string.Join("  ", row.Select((cell, c) => numeric[c] ? cell.PadLeft(widths[c]) : cell.PadRight(widths[c]))).TrimEnd());
    }

    private bool IsNumeric(int column) => _rows.TrueForAll(r => r[column].Length == 0 || char.IsAsciiDigit(r[column][0]) || r[column][0] is '-' or '–')
        && _rows.Exists(r => r[column].Length > 0);
}
