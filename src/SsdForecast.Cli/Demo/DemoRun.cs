using System.Globalization;
using SsdForecast.Cli.Fitting;
using SsdForecast.Cli.Forecasting;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Output;
using SsdForecast.Cli.Reporting;
using SsdForecast.Cli.Settings;
using SsdForecast.Data;
using SsdForecast.Reports;
using SsdForecast.Torch.Evaluation;
using SsdForecast.Torch.Forecasters;

namespace SsdForecast.Cli.Demo;

/// <summary>The whole way once: fit, score, forecast, draw, stream.</summary>
internal static class DemoRun
{
    /// <summary>Most that a streamed forecast may differ from the batch one, relative to it.</summary>
    private const double Tolerance = 1e-4;

    public static int Execute(CommandHost host, string folder, SettingValues options)
    {
        var configs = ProgramFolders.Configs ?? throw CommandException.Work("configs/demo.yaml", "not found beside the program; run from a checkout or a bundle");
        var values = ConfigFile.Read(Path.Combine(configs, "demo.yaml")).With(options);
        var model = Path.Combine(folder, "model");

        Step(host, 1, "train a causal model on half-hourly electricity demand; the last two weeks are held out");
        var (table, forecaster) = FitRun.Train(host, values, new FitDisplay(), model);
        using (forecaster)
        {
            forecaster.Save(model);
            Step(host, 2, $"forecast {forecaster.Config.Horizon} half-hours ahead from every row of the held-out weeks, beside two baselines");
            var scored = Backtest.Run(forecaster, table);
            forecaster.Record(scored.Metrics);
            forecaster.Save(model);
            Tell(host, forecaster, scored);

            Step(host, 3, "forecast what comes next, and draw it all");
            var forecast = Path.Combine(folder, "forecast.csv");
            ForecastCsv.Write(forecast, ForecastRun.Predict(host, forecaster, table));
            host.Out.WriteLine($"forecast of the next day written to {forecast}");
            var backtest = Path.Combine(folder, "backtest.csv");
            ForecastCsv.Write(backtest, scored.Models[0].Forecasts);
            var report = Path.Combine(folder, "report.html");
            ReportRun.Write(host, Report(forecaster, table, scored, folder), report, Pngs(host, folder), json: false);

            Step(host, 4, "replay the held-out weeks as a stream, one row at a time, without torch");
            var agrees = Tell(host, StreamReplay.Run(model, table.Series[0], scored.Models[0].Forecasts));
            host.Out.WriteLine();
            host.Out.WriteLine($"Open {report}. Then try your own data:");
            host.Out.WriteLine("  ssdf fit YOUR.csv --horizon 24 --out model");
            host.Out.WriteLine("  ssdf report model --data YOUR.csv --out report.html");
            host.Out.WriteLine($"  ssdf stream {model} < {table.Source}");
            return agrees ? ExitCodes.Good : ExitCodes.Failed;
        }
    }

    private static void Step(CommandHost host, int number, string what)
    {
        if (number > 1) host.Out.WriteLine();
        host.Out.WriteLine($"{number}. {what}");
        host.Out.Flush();
    }

    private static void Tell(CommandHost host, Forecaster forecaster, BacktestResult scored)
    {
        MetricOutput.Write(host, scored.Metrics);
        var ratio = scored.Metrics[0].Mase / scored.Metrics[1].Mase;
        host.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Numbers.Count(scored.Models[0].Forecasts.Count)} forecasts; season {scored.Season} rows; the model's MASE is {ratio:F2} of seasonal naive's"));
        host.Out.WriteLine($"trained {forecaster.Training.Epochs} epochs (best {forecaster.Training.BestEpoch}) in {Numbers.Duration(forecaster.Training.Duration)}, {Numbers.Count(double.Parse(forecaster.Training.Options["samples_per_second"], CultureInfo.InvariantCulture))} samples/s, {Numbers.Count(forecaster.Training.Parameters)} parameters");
    }

    private static bool Tell(CommandHost host, StreamReplay replay)
    {
        var agrees = replay.LargestDifference <= Tolerance;
        host.Out.WriteLine($"{Numbers.Count(replay.Events)} events at {replay.MicrosecondsAnEvent.ToString("F1", CultureInfo.InvariantCulture)} µs each; {Numbers.Count(replay.Compared)} forecasts compared: largest relative difference from batch {Numbers.Relative(replay.LargestDifference)}, {(agrees ? "within" : "PAST")} {Numbers.Relative(Tolerance)}");
        return agrees;
    }

    private static string? Pngs(CommandHost host, string folder)
    {
        if (PngRenderer.IsAvailable) return folder;
        host.Note("warning: no PNG, since librsvg or a font is not installed (Debian: apt-get install librsvg2-2 fonts-dejavu-core); the report has every chart");
        return null;
    }

    private static ReportInput Report(Forecaster forecaster, SeriesTable table, BacktestResult scored, string folder) => ModelReport.Of(forecaster, table, scored) with
    {
        Title = "Electricity demand, England and Wales",
        Quantity = "Demand",
        Unit = "MW",
        Commands = [$"ssdf demo --out {folder}"],
    };
}
