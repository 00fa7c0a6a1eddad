using SsdForecast.Cli.Settings;

namespace SsdForecast.Cli.Forecasting;

/// <summary>What <c>ssdf forecast</c> was asked for.</summary>
/// <param name="Model">Model folder.</param>
/// <param name="Data">CSV file.</param>
/// <param name="Out">CSV file to write.</param>
/// <param name="Columns">How to read the data, over what the model remembers.</param>
/// <param name="Device">Where to run; null: cpu.</param>
/// <param name="Json">Results as JSON.</param>
internal sealed record ForecastRequest(string Model, string Data, string Out, SettingValues Columns, string? Device, bool Json);
