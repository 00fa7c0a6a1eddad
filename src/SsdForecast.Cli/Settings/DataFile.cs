using SsdForecast.Cli.Hosting;
using SsdForecast.Data;

namespace SsdForecast.Cli.Settings;

/// <summary>Loads the file that a command names.</summary>
internal static class DataFile
{
    /// <summary>Refuses an input that is not there, before any work is done.</summary>
    public static string Require(string path, string what)
    {
        if (Directory.Exists(path)) throw CommandException.Usage(path, $"is a folder; name {what}");
        return File.Exists(path) ? path : throw CommandException.Usage(path, $"no such file; name {what}");
    }

    /// <summary>Refuses a model folder that is not there.</summary>
    public static string RequireModel(string folder)
    {
        if (File.Exists(folder)) throw CommandException.Usage(folder, "is a file; name the folder that 'ssdf fit … --out' has written");
        return Directory.Exists(folder) ? folder : throw CommandException.Usage(folder, "no such folder; name the folder that 'ssdf fit … --out' has written");
    }

    /// <summary>Reads a table.</summary>
    /// <param name="path">The file.</param>
    /// <param name="schema">How.</param>
    /// <param name="host">Is told on standard error what was found and repaired; null: nothing is told.</param>
    /// <param name="warningsOnly">Tells only what was repaired or should give pause.</param>
    public static SeriesTable Load(string path, CsvSchema schema, CommandHost? host, bool warningsOnly = false)
    {
        var table = SeriesCsv.Read(Require(path, "a CSV file"), schema);
        foreach (var line in warningsOnly ? table.Report.Warnings.Select(w => "warning: " + w) : table.Report.Lines) host?.Note(line);
        return table;
    }
}
