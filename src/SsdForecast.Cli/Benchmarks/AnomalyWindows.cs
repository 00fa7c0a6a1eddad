using System.Globalization;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Serving;

namespace SsdForecast.Cli.Benchmarks;

/// <summary>Labelled windows in which a stream is known to be out of the ordinary, from a CSV file <c>file,start,end</c>.</summary>
internal sealed class AnomalyWindows
{
    private readonly ILookup<string, (DateTime Start, DateTime End)> _windows;

    private AnomalyWindows(ILookup<string, (DateTime, DateTime)> windows) => _windows = windows;

    /// <summary>No windows.</summary>
    public static AnomalyWindows None { get; } = new(Array.Empty<Row>().ToLookup(r => r.File, r => (r.Start, r.End)));

    /// <summary>Reads a file.</summary>
    /// <exception cref="CommandException">It cannot be read; the message names the line.</exception>
    public static AnomalyWindows Read(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CommandException.Work(path, e.Message);
        }
        var rows = new List<Row>();
        for (var i = 1; i < lines.Length; i++)
        {
            if (lines[i].Length == 0) continue;
            if (CsvLine.Split(lines[i], ',') is not [var file, var from, var to] || !Time(from, out var start) || !Time(to, out var end) || end < start)
                throw CommandException.Work($"{path}:{i + 1}", "not a window; write file,start,end with times such as 2014-04-14 23:59:00, the end after the start");
            rows.Add(new Row(file, start, end));
        }
        return new AnomalyWindows(rows.ToLookup(r => r.File, r => (r.Start, r.End), StringComparer.Ordinal));
    }

    /// <summary>The windows of a stream, by the name of its file.</summary>
    public IReadOnlyList<(DateTime Start, DateTime End)> Of(string path) => [.. _windows[Path.GetFileName(path)]];

    private static bool Time(string text, out DateTime time) => DateTime.TryParse(text, CultureInfo.InvariantCulture, out time);

    private sealed record Row(string File, DateTime Start, DateTime End);
}
