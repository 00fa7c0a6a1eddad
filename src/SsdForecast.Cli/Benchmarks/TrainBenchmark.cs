using System.Globalization;
using SsdForecast.Cli.Fitting;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Output;
using SsdForecast.Cli.Settings;
using SsdForecast.Data;
using SsdForecast.Torch.Forecasters;

namespace SsdForecast.Cli.Benchmarks;

/// <summary>Samples a second of training: positions at which a forecast is learned, optimizer steps and all.</summary>
internal static class TrainBenchmark
{
    public static int Execute(CommandHost host, SettingValues? config, SettingValues options, int steps, bool json)
    {
        var values = config ?? options;
        if (!values.Has(SettingTable.Horizon)) values.Set(SettingTable.Horizon, ["48"], SettingTable.Horizon.Option);
        var table = config is null ? MadeUp() : DataFile.Load(RunSettings.DataPath(values), SchemaSettings.Schema(values), null);
        var training = FitPlan.Training(values, null) with { Epochs = 1, StepsPerEpoch = steps, Calibrate = false };
        using var forecaster = Forecaster.Fit(table, FitPlan.Model(values), training);
        var record = forecaster.Training;
        var rate = double.Parse(record.Options["samples_per_second"], CultureInfo.InvariantCulture);
        if (json)
        {
            ResultJson.Write(host.Out, new { Data = table.Source ?? "made up", record.Device, record.Precision, record.Steps, record.Parameters, SamplesPerSecond = rate, Seconds = record.Duration.TotalSeconds });
            return ExitCodes.Good;
        }
        new TextTable("data", "device", "precision", "steps", "parameters", "samples/s", "seconds")
            .Add(Path.GetFileName(table.Source) ?? "made up", record.Device, record.Precision, $"{record.Steps}", Numbers.Count(record.Parameters), Numbers.Count(rate), Numbers.Score(record.Duration.TotalSeconds))
            .Write(host);
        return ExitCodes.Good;
    }

    /// <summary>Sixteen hourly series of 4,000 rows with a day and noise.</summary>
    private static SeriesTable MadeUp()
    {
        var random = new Random(1);
        var index = TimeIndex.Regular(new DateTime(2024, 1, 1), Frequency.Hourly, 4000);
        return new SeriesTable([.. Enumerable.Range(0, 16).Select(s => new Series(
            $"series-{s}", index, [.. Enumerable.Range(0, 4000).Select(t => Math.Sin((t + s) * 2 * Math.PI / 24) + (0.3 * random.NextDouble()))]))]);
    }
}
