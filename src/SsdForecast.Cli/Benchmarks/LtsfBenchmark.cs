using SsdForecast.Cli.Fitting;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Output;
using SsdForecast.Cli.Settings;
using SsdForecast.Data;
using SsdForecast.Torch.Forecasters;
using SsdForecast.Torch.Training;
using SsdForecast.Torch.Windows;

namespace SsdForecast.Cli.Benchmarks;

/// <summary>
/// The published protocol of long-horizon forecasting: MSE and MAE on values standardised by each series' training rows, averaged over every test window
/// at stride 1, every lead time and every series; nothing is dropped.
/// </summary>
internal static class LtsfBenchmark
{
    public static int Execute(CommandHost host, SettingValues given, bool quiet, bool json)
    {
        var values = new SettingValues();
        values.Set(SettingTable.Kind, ["direct"], "--kind");
        values.Set(SettingTable.Quantiles, ["none"], "--quantiles");
        values.Set(SettingTable.Split, ["ltsf"], "--split");
        var (table, forecaster) = FitRun.Train(host, values.With(given), new FitDisplay(quiet), folder: null);
        using (forecaster)
        {
            var (mse, mae, windows) = Score(forecaster, table);
            var split = forecaster.Training.Options["split"];
            if (json)
            {
                ResultJson.Write(host.Out, new { Data = table.Source, forecaster.Config.Horizon, forecaster.Config.Lookback, Split = split, Windows = windows, Mse = mse, Mae = mae, forecaster.Training.Seed, Seconds = forecaster.Training.Duration.TotalSeconds });
                return ExitCodes.Good;
            }
            new TextTable("data", "horizon", "lookback", "split", "windows", "MSE", "MAE", "seconds")
                .Add(Path.GetFileName(table.Source) ?? "", $"{forecaster.Config.Horizon}", $"{forecaster.Config.Lookback}", split, Numbers.Count(windows), Numbers.Score(mse), Numbers.Score(mae), Numbers.Count(forecaster.Training.Duration.TotalSeconds))
                .Write(host);
        }
        return ExitCodes.Good;
    }

    /// <summary>Errors of the median over every test window; forecasts are not kept.</summary>
    private static (double Mse, double Mae, long Windows) Score(Forecaster forecaster, SeriesTable table)
    {
        var rule = SplitRule.Parse(forecaster.Training.Options["split"]);
        var plan = new WindowPlan(forecaster.Config, [.. table.Series.Select(rule.Cut)], 1);
        var origins = plan.TestOrigins(1);
        if (origins.Count == 0) throw new NotEnoughDataException($"no series has {forecaster.Config.Horizon} test rows, a whole horizon, under the split '{rule}'; use a shorter horizon or another --split", table.Source);
        double squared = 0, absolute = 0;
        long count = 0, windows = 0;
        foreach (var (index, forecast) in forecaster.ForecastAt(table, origins))
        {
            var series = table.Series[index];
            var scale = forecaster.Preprocessor.ScalerOf(series.Id).Std;
            var median = forecast.Median;
            windows++;
            for (var h = 0; h < median.Length; h++)
            {
                var error = (series.Values[forecast.Origin + 1 + h] - median[h]) / scale;
                if (double.IsNaN(error)) continue;
                squared += error * error;
                absolute += Math.Abs(error);
                count++;
            }
        }
        return (squared / count, absolute / count, windows);
    }
}
