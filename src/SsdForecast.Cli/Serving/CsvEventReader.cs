using System.Globalization;
using System.Text;
using SsdForecast.Cli.Hosting;
using SsdForecast.Streaming;

namespace SsdForecast.Cli.Serving;

/// <summary>
/// Reads events from lines of CSV, the first of which names the columns. Where the training file had a series a line, a line of that form gives the
/// values of its series one after another.
/// </summary>
/// <param name="columns">What the columns are called.</param>
/// <param name="source">The input, for messages.</param>
internal sealed class CsvEventReader(EventColumns columns, string source) : IEventReader
{
    private Header? _header;

    private sealed record Header(string[] Names, char Delimiter, int Id, int Time, (int At, string Name)[] Targets, int[] Past, int[] Known, int[] Statics, int Sequence);

    public void Read(ReadOnlySpan<byte> utf8, List<EventRow> events)
    {
        var line = Encoding.UTF8.GetString(utf8);
        if (_header is not { } header)
        {
            _header = ReadHeader(line);
            return;
        }

        var cells = CsvLine.Split(line, header.Delimiter);
        if (header.Targets.Length == 0)
        {
            ReadRow(header, cells, events);
            return;
        }
        if (cells.Length != header.Names.Length) throw new BadEventException(BadEvent.Unreadable, $"{cells.Length} cells, where the header has {header.Names.Length}; fix the line, or quote cells that contain the delimiter");
        var id = header.Id >= 0 ? cells[header.Id] : null;
        if (id is "") throw new BadEventException(BadEvent.BadName, $"the line names no series; fill in the cell of column '{header.Names[header.Id]}'");
        var time = header.Time >= 0 ? Cell(header, header.Time, BadEvent.NotATime, () => columns.Cells.Time(cells[header.Time])) : default;
        double[] Numbers(int[] at) => [.. at.Select(i => Number(header, i, cells))];
        var (past, known, statics) = (Numbers(header.Past), Numbers(header.Known), Numbers(header.Statics));
        var sequence = header.Sequence < 0 ? StreamingEngine.NoSequence : Cell(header, header.Sequence, BadEvent.NotANumber, () => long.Parse(cells[header.Sequence], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        foreach (var (at, name) in header.Targets)
            events.Add(new EventRow(columns.Series(id, name, header.Targets.Length), time, Number(header, at, cells), past, known, statics, Sequence: sequence));
    }

    private void ReadRow(Header header, string[] cells, List<EventRow> events)
    {
        if (cells.Length > header.Names.Length) throw new BadEventException(BadEvent.Unreadable, $"{cells.Length} cells, where the header has {header.Names.Length}; fix the line, or quote cells that contain the delimiter");
        var id = cells[header.Id];
        if (id.Length == 0) throw new BadEventException(BadEvent.BadName, $"the line names no series; fill in the cell of column '{header.Names[header.Id]}'");
        // Empty cells at the end are rows that the series does not have.
        var end = Array.FindLastIndex(cells, c => c.Length > 0) + 1;
        for (var i = 0; i < end; i++)
            if (i != header.Id) events.Add(new EventRow(id, default, Number(header, i, cells), [], [], []));
    }

    private double Number(Header header, int at, string[] cells) => Cell(header, at, BadEvent.NotANumber, () => columns.Cells.Number(cells[at]));

    private static T Cell<T>(Header header, int at, BadEvent reason, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new BadEventException(reason, $"column '{header.Names[at]}': {e.Message}");
        }
    }

    // A stream without its columns cannot be read at all, so this ends the command and is not one bad line among many.
    private Header ReadHeader(string line)
    {
        var delimiter = columns.Delimiter ?? CsvLine.Delimiter(line);
        var names = CsvLine.Split(line.TrimStart('\uFEFF'), delimiter);
        bool Has(string name) => Array.IndexOf(names, name) >= 0;
        int Require(string name, string what) => Has(name) ? Array.IndexOf(names, name) : throw Missing(name, what);
        CommandException Missing(string name, string what)
            => CommandException.Work($"{source}:1", $"no column '{name}' ({what}) among '{string.Join("', '", names)}'; the first line names the columns as in the training file, or unique_id, ds and y" + (line.StartsWith('{') ? "; for JSON lines pass --format jsonl" : ""));

        var time = columns.Time is null ? null : columns.FindTime(Has) ?? throw Missing(columns.Time, "times");
        var targets = columns.FindTargets(Has);
        if (targets.Count == 0 && columns is { Rows: true, Id: { } first } && Has(first)) return new Header(names, delimiter, Array.IndexOf(names, first), -1, [], [], [], [], -1);
        if (targets.Count == 0) throw Missing(columns.Targets[0], "target");
        var id = columns.FindId(Has);
        if (id is null && columns.Id is { } wanted && columns.OnlySeries is null) throw Missing(wanted, "series names");
        return new Header(
            names,
            delimiter,
            id is null ? -1 : Array.IndexOf(names, id),
            time is null ? -1 : Array.IndexOf(names, time),
            [.. targets.Select(t => (Array.IndexOf(names, t), t))],
            [.. columns.Past.Select(c => Require(c, "past covariate"))],
            [.. columns.Known.Select(c => Require(c, "known covariate"))],
            columns.Statics.All(Has) ? [.. columns.Statics.Select(c => Array.IndexOf(names, c))] : [],
            columns.Sequence is { } sequence ? Require(sequence, "sequence numbers") : -1);
    }
}
