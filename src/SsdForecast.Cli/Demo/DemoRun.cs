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
    public static int Execute(CommandHost host, string folder, SettingValues options, bool json)
    {
        var configs = ProgramFolders.Configs ?? throw CommandException.Work("configs/demo.yaml", "not found beside the program; run from a checkout or a bundle");
        var values = ConfigFile.Read(Path.Combine(configs, "demo.yaml")).With(options);
        OutputPlace.RequireFolder("--out", folder);
        var files = new DemoFiles(folder);
        // Of JSON there is one document, at the end; meanwhile the steps show that something goes on.
        var told = json ? host.Error : host.Out;

        Step(told, 1, "train a causal model on half-hourly electricity demand; the last two weeks are held out");
        var (table, forecaster) = FitRun.Train(host, values, new FitDisplay(), files.Model);
        using (forecaster)
        {
            forecaster.Save(files.Model);
            Step(told, 2, $"forecast {forecaster.Config.Horizon} half-hours ahead from every row of the held-out weeks, beside two baselines");
            var scored = Backtest.Run(forecaster, table);
            forecaster.Record(scored.Metrics);
            forecaster.Save(files.Model);
            if (!json) Tell(host, forecaster, scored);

            Step(told, 3, "forecast what comes next, and draw it all");
            ForecastCsv.Write(files.Forecast, ForecastRun.Predict(host, forecaster, table));
            ForecastCsv.Write(files.Backtest, scored.Models[0].Forecasts);
            files = files with { Png = ReportRun.Write(Report(forecaster, table, scored, folder), files.Report, Pngs(host, folder)) };
            if (!json) Tell(host, files);

            Step(told, 4, "replay all weeks as a stream, one row at a time, without torch, and compare the forecasts of the held-out ones");
            var stream = StreamReplay.Run(files.Model, table.Series[0], scored.Models[0].Forecasts);
            if (json) ResultJson.Write(host.Out, DemoResult.Of(forecaster, scored, stream, files));
            else Tell(host, stream, files, table);
            return stream.Agrees ? ExitCodes.Good : ExitCodes.Failed;
        }
    }

    private static void Step(TextWriter writer, int number, string what)
    {
        if (number > 1) writer.WriteLine();
        writer.WriteLine($"{number}. {what}");
        writer.Flush();
    }

    private static void Tell(CommandHost host, Forecaster forecaster, BacktestResult scored)
    {
        MetricOutput.Write(host, scored.Metrics);
        host.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Numbers.Count(scored.Models[0].Forecasts.Count)} forecasts; season {scored.Season} rows; the model's MASE is {DemoResult.Ratio(scored):F2} of seasonal naive's"));
        host.Out.WriteLine($"trained {forecaster.Training.Epochs} epochs (best {forecaster.Training.BestEpoch}) in {Numbers.Duration(forecaster.Training.Duration)}, {Numbers.Count(DemoResult.Speed(forecaster))} samples/s, {Numbers.Count(forecaster.Training.Parameters)} parameters");
    }

    private static void Tell(CommandHost host, DemoFiles files)
    {
        host.Out.WriteLine($"forecast of the next day written to {files.Forecast}");
        ReportRun.Tell(host, files.Report, files.Folder, files.Png);
    }

    private static void Tell(CommandHost host, StreamReplay stream, DemoFiles files, SeriesTable table)
    {
        host.Out.WriteLine($"{Numbers.Count(stream.Events)} events at {stream.MicrosecondsAnEvent.ToString("F1", CultureInfo.InvariantCulture)} µs each; {Numbers.Count(stream.Compared)} forecasts compared: largest relative difference from batch {Numbers.Relative(stream.LargestDifference)}, {(stream.Agrees ? "within" : "PAST")} {Numbers.Relative(stream.Tolerance)}");
        host.Out.WriteLine();
        host.Out.WriteLine($"Open {files.Report}. Then try your own data:");
        host.Out.WriteLine("  ssdf fit YOUR.csv --horizon 24 --out model");
        host.Out.WriteLine("  ssdf report model --data YOUR.csv --out report.html");
        host.Out.WriteLine($"  ssdf stream {files.Model} < {table.Source}");
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
