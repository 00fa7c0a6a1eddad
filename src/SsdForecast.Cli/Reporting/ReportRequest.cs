using SsdForecast.Cli.Settings;

namespace SsdForecast.Cli.Reporting;

/// <summary>What <c>ssdf report</c> was asked for.</summary>
/// <param name="Input">Model folder, or CSV file of forecasts.</param>
/// <param name="Out">HTML file to write.</param>
/// <param name="Png">Folder for PNG files; null: none.</param>
/// <param name="Data">CSV file with the series.</param>
/// <param name="Title">Heading; null: by the data.</param>
/// <param name="Quantity">What is forecast.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Windows">Last horizons of each series; 0: all test rows.</param>
/// <param name="Device">Where to run; null: cpu.</param>
/// <param name="Json">Results as JSON.</param>
/// <param name="Columns">How to read the data, over what the model remembers.</param>
internal sealed record ReportRequest(
    string Input, string Out, string? Png, string? Data, string? Title, string? Quantity, string? Unit, int Windows, string? Device, bool Json, SettingValues Columns);
