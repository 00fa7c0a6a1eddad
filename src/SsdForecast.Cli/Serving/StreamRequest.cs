using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Settings;

namespace SsdForecast.Cli.Serving;

/// <summary>What <c>ssdf stream</c> was asked for.</summary>
/// <param name="Model">Model folder.</param>
/// <param name="State">File of states to restore from and save to; null: none.</param>
/// <param name="Input">File of events, or <c>-</c> for standard input.</param>
/// <param name="Format">csv or jsonl; null: by the name of the file, else csv.</param>
/// <param name="OutputFormat">csv or jsonl; null: as the input.</param>
/// <param name="AllLeads">Write all lead times, not the first alone.</param>
/// <param name="Rate">Most lines a second; 0: as fast as they come.</param>
/// <param name="Columns">How cells are read, over what the model remembers.</param>
internal sealed record StreamRequest(
    string Model, string? State, string Input, string? Format, string? OutputFormat, bool AllLeads, double Rate, SettingValues Columns)
{
    /// <summary>Whether events are JSON lines.</summary>
    public bool ReadsJson => (Format ?? (Input.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase) ? "jsonl" : "csv")) == "jsonl";

    /// <summary>Whether forecasts are written as JSON lines.</summary>
    public bool WritesJson => OutputFormat is null ? ReadsJson : OutputFormat == "jsonl";

    public void Validate()
    {
        foreach (var (name, format) in new[] { ("--format", Format), ("--output-format", OutputFormat) })
            if (format is not (null or "csv" or "jsonl")) throw CommandException.Usage(name, $"'{format}' is neither csv nor jsonl");
        if (!(Rate >= 0 && double.IsFinite(Rate))) throw CommandException.Usage("--rate", $"{Rate} is not a number of lines a second");
        DataFile.RequireModel(Model);
        if (Input != "-") DataFile.Require(Input, "a file of events, or - for standard input");
    }
}
