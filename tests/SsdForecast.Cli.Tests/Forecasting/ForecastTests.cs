using SsdForecast.Data;

namespace SsdForecast.Cli.Tests.Forecasting;

public class ForecastTests(TinyModel model) : IClassFixture<TinyModel>
{
    [Fact]
    public void Forecasts_follow_the_last_row_and_need_no_flags()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("1 series, 6 lead times and 3 quantiles each", Cli.Good("forecast", model.Folder, model.Data, "--out", folder["f.csv"]), StringComparison.Ordinal);
        var forecast = Assert.Single(ForecastCsv.Read(folder["f.csv"])).Forecast;
        Assert.Equal("load", forecast.SeriesId);
        Assert.Equal(299, forecast.Origin);
        Assert.Equal(Enumerable.Range(300, 6).Select(t => new DateTime(2024, 1, 1).AddHours(t)), forecast.Times);
        Assert.All(forecast.Median, v => Assert.InRange(v, 30, 70));
    }

    [Fact]
    public void A_file_of_other_columns_is_refused_and_nothing_is_written()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Write("other.csv", SmallData.Hourly().Replace("load", "wind", StringComparison.Ordinal));
        Assert.Contains("'load'", Cli.Fails(1, "forecast", model.Folder, data, "--out", folder["f.csv"]), StringComparison.Ordinal);
        Assert.Equal(["other.csv"], folder.Names);
    }

    [Fact]
    public void Options_override_the_columns_that_the_model_remembers()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Write("other.csv", SmallData.Hourly().Replace("load", "wind", StringComparison.Ordinal));
        var result = Cli.Run("forecast", model.Folder, data, "--out", folder["f.csv"], "--target", "wind");
        Assert.True(result.Code == 0, result.Error);
        Assert.Contains("warning: 1 of 1 series were not in the training data", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Known_covariates_come_from_future_rows_or_else_from_the_last_season_with_a_warning()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Write("shops.csv", SmallData.Long());
        var fitted = TinyFit.Fit(data, folder["model"], "--id", "shop", "--time", "day", "--target", "sales", "--known", "price", "--past", "visitors");
        Assert.True(fitted.Code == 0, fitted.Error);

        var repeated = Cli.Run("forecast", folder["model"], data, "--out", folder["a.csv"]);
        Assert.True(repeated.Code == 0, repeated.Error);
        Assert.Contains("warning: known covariates end before the horizon does", repeated.Error, StringComparison.Ordinal);
        Assert.Contains("'price'", repeated.Error, StringComparison.Ordinal);

        var longer = folder.Write("longer.csv", SmallData.Long(future: 6));
        var real = Cli.Run("forecast", folder["model"], longer, "--out", folder["b.csv"]);
        Assert.True(real.Code == 0, real.Error);
        Assert.DoesNotContain("known covariates end", real.Error, StringComparison.Ordinal);
        var (a, b) = (ForecastCsv.Read(folder["a.csv"]), ForecastCsv.Read(folder["b.csv"]));
        Assert.Equal(["north", "south"], b.Select(f => f.Forecast.SeriesId));
        Assert.All(b, f => Assert.Equal(239, f.Forecast.Origin));
        Assert.NotEqual(a[0].Forecast.Median, b[0].Forecast.Median);
    }
}
