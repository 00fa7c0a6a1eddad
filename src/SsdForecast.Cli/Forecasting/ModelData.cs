using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Settings;
using SsdForecast.Data;
using SsdForecast.Runtime;

namespace SsdForecast.Cli.Forecasting;

/// <summary>Reads a file as the model's training file was read.</summary>
internal static class ModelData
{
    /// <summary>Reads a table, with a warning about series that the model does not know.</summary>
    /// <param name="model">Folder of the model, for messages.</param>
    /// <param name="preprocessor">The model's columns.</param>
    /// <param name="path">The file.</param>
    /// <param name="columns">Settings over what the model remembers.</param>
    /// <param name="host">Is told what was found; null: nothing is told.</param>
    public static SeriesTable Load(string model, Preprocessor preprocessor, string path, SettingValues columns, CommandHost? host)
    {
        DataFile.Require(path, "a CSV file");
        var table = DataFile.Load(path, SchemaSettings.Schema(SchemaSettings.Of(preprocessor, model).With(columns)), host, warningsOnly: true);
        var strangers = table.Series.Where(s => !preprocessor.SeriesScalers.ContainsKey(s.Id)).Select(s => s.Id).ToArray();
        if (strangers.Length > 0)
            host?.Note($"warning: {strangers.Length} of {table.Series.Count} series were not in the training data and are scaled by the scaler of all: '{string.Join("', '", strangers.Take(3))}'{(strangers.Length > 3 ? ", …" : "")}");
        return table;
    }
}
