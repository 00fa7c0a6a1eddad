using SsdForecast.Tests;

namespace SsdForecast.Data.Tests;

/// <summary>Public data sets as they come, where they lie beside the checkout.</summary>
public class SharedDataTests
{
    [Theory]
    [InlineData("ETT-small/ETTh1.csv", 7, 17420, "h", 0)]
    [InlineData("ETT-small/ETTh2.csv", 7, 17420, "h", 0)]
    [InlineData("ETT-small/ETTm1.csv", 7, 69680, "15min", 0)]
    [InlineData("exchange_rate/exchange_rate.csv", 8, 7588, "D", 0)]
    [InlineData("illness/national_illness.csv", 7, 966, "W", 0)]
    [InlineData("epf/NP.csv", 3, 52416, "h", 0)]
    [InlineData("nab/nyc_taxi.csv", 1, 10320, "30min", 0)]
    [InlineData("nab/machine_temperature_system_failure.csv", 1, 22683, "5min", 0)]
    [InlineData("nab/Twitter_volume_AAPL.csv", 1, 15902, "5min", 0)]
    [InlineData("nab/ec2_network_in_257a54.csv", 1, 4034, "5min", 2)]
    [InlineData("nab/elb_request_count_8c0756.csv", 1, 4040, "5min", 8)]
    [InlineData("nab/TravelTime_387.csv", 1, 2500, null, 0)]
    [InlineData("m4/Hourly-test.csv", 414, 48, "ordinal", 0)]
    public void Files_load_without_a_flag(string file, int series, int rows, string? frequency, int filled)
    {
        if (!SharedData.TryGet("datasets/" + file, out var path)) return;
        var table = SeriesCsv.Read(path);
        Assert.Equal(series, table.Series.Count);
        Assert.All(table.Series, s => Assert.Equal(rows, s.Count));
        Assert.Equal(frequency is null ? null : Frequency.Parse(frequency), table.Frequency);
        Assert.Equal(filled, table.Report.GapsFilled.Count);
        Assert.Equal(0, table.Report.MissingValues);
    }

    [Fact]
    public void The_hourly_series_of_M4_have_unequal_lengths_and_no_times()
    {
        if (!SharedData.TryGet("datasets/m4/Hourly-train.csv", out var path)) return;
        var table = SeriesCsv.Read(path);
        Assert.Equal(414, table.Series.Count);
        Assert.Equal(169, table.Series.Count(s => s.Count == 700));
        Assert.Equal(245, table.Series.Count(s => s.Count == 960));
        Assert.Equal(Frequency.Ordinal, table.Frequency);
        Assert.Equal([605.0, 586, 586], table["H1"].Values.Take(3));
        Assert.Equal(700, table["H1"].ObservedCount);
    }

    [Fact]
    public void The_season_of_the_hourly_series_of_M4_is_found()
    {
        if (!SharedData.TryGet("datasets/m4/Hourly-train.csv", out var path)) return;
        var table = SeriesCsv.Read(path);
        Assert.Contains(SeasonalNaive.ChooseSeason(table.Series, s => s.Count, 48), new[] { 24, 168 });
        var daily = table.Series.Count(s => SeasonalNaive.ChooseSeason(s, s.Count, 48) is 24 or 168);
        Assert.True(daily > 0.8 * table.Series.Count, $"{daily} of {table.Series.Count}");
    }

    [Fact]
    public void Nord_pool_prices_have_their_two_forecasts_as_known_covariates()
    {
        if (!SharedData.TryGet("datasets/epf/NP.csv", out var path)) return;
        var table = SeriesCsv.Read(path, new CsvSchema { TargetColumns = ["OT"], KnownCovariates = ["Grid load forecast", "Wind power forecast"] });
        var series = Assert.Single(table.Series);
        Assert.Equal(31.05, series.Values[0]);
        Assert.Equal(42497, series.Covariates["Grid load forecast"][0]);
        Assert.Equal(3306, series.Covariates["Wind power forecast"][^1]);
        Assert.Equal(new DateTime(2018, 12, 24, 23, 0, 0), series.Index[series.Count - 1]);
    }

    [Fact]
    public void The_hour_that_machine_temperature_repeats_is_reported()
    {
        if (!SharedData.TryGet("datasets/nab/machine_temperature_system_failure.csv", out var path)) return;
        var report = SeriesCsv.Read(path).Report;
        Assert.Equal(22695, report.RowsRead);
        Assert.Equal(new RowTally(12, 10151), report.Duplicates);
        Assert.Equal(new RowTally(1, 10151), report.OutOfOrder);
    }
}
