using SsdForecast.Cli.Settings;

namespace SsdForecast.Cli.Inspection;

/// <summary>What <c>ssdf inspect</c> was asked for.</summary>
/// <param name="Model">Model folder.</param>
/// <param name="Data">CSV file with the series; null: the training file.</param>
/// <param name="Out">HTML file to write; null: none.</param>
/// <param name="Series">Name of the series; null: the first.</param>
/// <param name="Window">Rows; null: the default.</param>
/// <param name="Columns">How to read the data, over what the model remembers.</param>
/// <param name="Json">Results as JSON.</param>
internal sealed record InspectRequest(string Model, string? Data, string? Out, string? Series, int? Window, SettingValues Columns, bool Json);
