using SsdForecast.Cli.Hosting;
using SsdForecast.Runtime;

namespace SsdForecast.Cli.Settings;

/// <summary>The settings of a run: a configuration file, or a data file, with options over it.</summary>
internal static class RunSettings
{
    /// <summary>Reads them.</summary>
    /// <param name="input">What the user named: a configuration or a CSV file.</param>
    /// <param name="options">What the options set.</param>
    public static SettingValues Read(string input, SettingValues options)
    {
        if (ConfigFile.Is(input)) return ConfigFile.Read(input).With(options);
        var values = new SettingValues();
        values.Set(SettingTable.Path, [DataFile.Require(input, "a CSV file or a configuration (.yaml)")], "INPUT");
        return values.With(options);
    }

    /// <summary>The data file; refused when it is not named or not there.</summary>
    public static string DataPath(SettingValues values)
    {
        var path = values.Text(SettingTable.Path) ?? throw CommandException.Usage("data.path", "the configuration names no data file; add 'path:' to its section 'data'");
        if (!File.Exists(path)) throw values.Wrong(SettingTable.Path, $"no such file: {path}");
        return path;
    }

    /// <summary>The folder for the model; refused when it is not named, or holds other things than a model: before training and not after it.</summary>
    public static string OutFolder(SettingValues values)
    {
        var folder = values.Text(SettingTable.Out) ?? throw CommandException.Usage("--out", "not given; name a folder for the model, such as --out model");
        if (File.Exists(folder)) throw values.Wrong(SettingTable.Out, $"{folder} is a file; name a folder");
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any() && !File.Exists(Path.Combine(folder, ModelFolder.ConfigFile)))
            throw values.Wrong(SettingTable.Out, $"{folder} has content and no model; name a new or empty folder");
        return folder;
    }
}
