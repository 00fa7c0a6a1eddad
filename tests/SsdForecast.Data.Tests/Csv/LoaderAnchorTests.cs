using SsdForecast.Tests;

namespace SsdForecast.Data.Tests;

/// <summary>
/// Numbers of the long-horizon protocol that only a right loader, split and scaler give: repeat and seasonal naive on the test windows,
/// stride 1, in units of the training rows' scaler, averaged over windows, lead times and columns.
/// </summary>
public class LoaderAnchorTests
{
    [Theory]
    [InlineData("ETT-small/ETTh1.csv", 96, 1, 1.294, 0.713)]
    [InlineData("ETT-small/ETTh1.csv", 96, 24, 0.512, 0.433)]
    [InlineData("ETT-small/ETTm1.csv", 96, 1, 1.214, 0.665)]
    [InlineData("ETT-small/ETTm1.csv", 96, 96, 0.423, 0.387)]
    [InlineData("exchange_rate/exchange_rate.csv", 96, 1, 0.081, 0.196)]
    [InlineData("exchange_rate/exchange_rate.csv", 192, 1, 0.167, 0.289)]
    [InlineData("exchange_rate/exchange_rate.csv", 336, 1, 0.306, 0.398)]
    [InlineData("exchange_rate/exchange_rate.csv", 720, 1, 0.810, 0.676)]
    public void Naive_forecasts_err_as_published(string file, int horizon, int season, double mse, double mae)
    {
        if (!SharedData.TryGet("datasets/" + file, out var path)) return;
        var table = SeriesCsv.Read(path);
        var split = file.StartsWith("ETT", StringComparison.Ordinal) ? Splits.Ett(table.Frequency!.Value) : Splits.Ltsf(table.Series[0].Count);
        double squared = 0, absolute = 0;
        long count = 0;
        foreach (var series in table.Series)
        {
            var scaler = Scaler.Fit(series.Values.AsSpan(0, split.TrainEnd));
            var scaled = Array.ConvertAll(series.Values, scaler.Scale);
            for (var origin = split.ValidationEnd - 1; origin + horizon < split.TestEnd; origin++)
            {
                for (var lead = 1; lead <= horizon; lead++)
                {
                    var error = scaled[origin + lead] - scaled[origin + lead - (season * ((lead + season - 1) / season))];
                    squared += error * error;
                    absolute += Math.Abs(error);
                    count++;
                }
            }
        }

        Assert.Equal(mse, squared / count, 0.0005);
        Assert.Equal(mae, absolute / count, 0.0005);
    }

    [Theory]
    [InlineData(96, 2785)]
    [InlineData(192, 2689)]
    [InlineData(336, 2545)]
    [InlineData(720, 2161)]
    public void Test_windows_of_the_hourly_set_are_as_many_as_published(int horizon, int windows) =>
        Assert.Equal(windows, Splits.Ett(Frequency.Hourly).TestRows - horizon + 1);
}
