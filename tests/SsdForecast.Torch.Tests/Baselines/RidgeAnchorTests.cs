using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Tests;
using SsdForecast.Torch.Evaluation;
using SsdForecast.Torch.Forecasters;
using SsdForecast.Torch.Training;
using SsdForecast.Torch.Windows;

namespace SsdForecast.Torch.Tests.Baselines;

/// <summary>Closed-form ridge regression on public data, against figures computed outside this project under the same protocol.</summary>
public class RidgeAnchorTests
{
    [Theory]
    [InlineData("ETT-small/ETTh1.csv", 0.3702, 0.3914)]
    [InlineData("ETT-small/ETTh2.csv", 0.2710, 0.3328)]
    public void Ridge_reaches_its_published_error(string file, double mse, double mae)
    {
        if (!SharedData.TryGet($"datasets/{file}", out var path)) return;
        var table = SeriesCsv.Read(path);
        var options = new ForecasterOptions { Kind = ForecasterKind.Direct, Horizon = 96, Lookback = 336, Quantiles = [], Calendar = false, Block = new BlockConfig { DModel = 8, HeadDim = 8, DState = 4 } };
        using var forecaster = Forecaster.Fit(table, options, new TrainingOptions { Epochs = 0, Split = SplitRule.Parse("ett") });
        double squared = 0, absolute = 0;
        long count = 0;
        foreach (var (series, forecast) in forecaster.ForecastAt(table, [.. Enumerable.Range(0, 7).Select(i => new OriginRange(i, 11519, 14400 - 97, 14400))]))
        {
            var scaler = forecaster.Preprocessor.ScalerOf(forecast.SeriesId);
            for (var h = 0; h < 96; h++)
            {
                var error = (forecast.Values[h, 0] - table.Series[series].Values[forecast.Origin + 1 + h]) / scaler.Std;
                squared += error * error;
                absolute += Math.Abs(error);
                count++;
            }
        }
        Assert.Equal(7L * 2785 * 96, count);
        Assert.Equal(mse, squared / count, 0.0005);
        Assert.Equal(mae, absolute / count, 0.0005);
    }
}
