using SsdForecast.Cli.Fitting;
using SsdForecast.Cli.Forecasting;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Output;
using SsdForecast.Data;
using SsdForecast.Reports;
using SsdForecast.Torch.Evaluation;
using SsdForecast.Torch.Forecasters;

namespace SsdForecast.Cli.Reporting;

/// <summary>A report of a model on rows that were held out.</summary>
internal static class ModelReport
{
    public static ReportInput Of(CommandHost host, ReportRequest request)
    {
        using var forecaster = Forecaster.Load(request.Input, Devices.Checked(request.Device));
        var path = request.Data ?? TrainingFile.Find(request.Input, forecaster.Training)
            ?? throw CommandException.Usage("--data", $"not given, and {forecaster.Training.DataFile ?? "the training file"} does not lie near the model unchanged; name the CSV file");
        var table = ModelData.Load(request.Input, forecaster.Preprocessor, path, request.Columns, null);
        var result = Backtest.Run(forecaster, table, new BacktestOptions { Windows = request.Windows });
        return Of(forecaster, table, result) with
        {
            Title = request.Title ?? Path.GetFileNameWithoutExtension(path),
            Quantity = request.Quantity,
            Unit = request.Unit,
            Commands = [$"ssdf report {request.Input} --data {path} --out {request.Out}"],
        };
    }

    /// <summary>The report of a backtest.</summary>
    public static ReportInput Of(Forecaster forecaster, SeriesTable table, BacktestResult result) => new()
    {
        Title = Path.GetFileNameWithoutExtension(table.Source) ?? "forecasts",
        Models = result.Models,
        History = table.Series,
        Metrics = result.Metrics,
        ErrorsByLead = [.. result.Models.Select((m, i) => new LeadErrors(m.Model, result.MaeByLead[i]))],
        ErrorsByLeadUnit = "times the naive error",
        Season = result.Season,
        Data = DataSummary.Of(table),
        Warnings = table.Report.Warnings,
        ModelCard = Card(forecaster),
    };

    private static IReadOnlyList<Fact> Card(Forecaster forecaster)
    {
        var (config, record) = (forecaster.Config, forecaster.Training);
        return
        [
            new("Model", $"{config.Kind.ToString().ToLowerInvariant()}, {config.Layers} SSD layers, d_model\u00A0{config.Block.DModel}, d_state\u00A0{config.Block.DState}"),
            new("Horizon and lookback", $"{config.Horizon} and {config.Lookback} rows"),
            new("Parameters", Numbers.Count(record.Parameters)),
            new("Training", $"{record.Epochs} epochs (best {record.BestEpoch}) in {Numbers.Duration(record.Duration)} on {record.Device}, {record.Precision}, seed {record.Seed}"),
            new("Split", record.Options.GetValueOrDefault("split", "")),
            new("Data", record.DataSha256 is { Length: > 12 } hash ? $"{record.DataFile}, SHA-256 {hash[..12]}…" : record.DataFile ?? "from memory"),
            new("Versions", string.Join(", ", record.Versions.Select(v => $"{v.Key} {v.Value}"))),
        ];
    }
}
