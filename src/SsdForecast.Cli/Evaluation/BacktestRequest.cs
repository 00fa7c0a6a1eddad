using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Settings;

namespace SsdForecast.Cli.Evaluation;

/// <summary>What <c>ssdf backtest</c> was asked for.</summary>
/// <param name="Model">Model folder or configuration.</param>
/// <param name="Data">CSV file; a configuration may name it.</param>
/// <param name="Columns">How to read the data, over what the model remembers.</param>
/// <param name="Windows">Last horizons of each series; 0: all test rows.</param>
/// <param name="Stride">Rows between origins; 0: automatic.</param>
/// <param name="Split">Split rule; null: the model's.</param>
/// <param name="Out">CSV file to write; null: none.</param>
/// <param name="Device">Where to run; null: cpu.</param>
/// <param name="Json">Results as JSON.</param>
/// <param name="Quiet">No progress and no report of the file where a model is trained; warnings stay.</param>
internal sealed record BacktestRequest(
    string Model, string? Data, SettingValues Columns, int Windows, int Stride, string? Split, string? Out, string? Device, bool Json, bool Quiet)
{
    public void Validate()
    {
        if (Windows < 0) throw CommandException.Usage("--windows", $"{Windows} is too small; it must be 1 or more");
        if (Stride < 0) throw CommandException.Usage("--stride", $"{Stride} is too small; it must be 1 or more");
        if (Windows > 0 && Stride > 0) throw CommandException.Usage("--windows", "goes by whole horizons and takes no --stride; give one of the two");
    }
}
