using SsdForecast.Cli.Forecasting;
using SsdForecast.Data;

namespace SsdForecast.Cli.Tests.Forecasting;

public class FutureCovariatesTests
{
    [Fact]
    public void The_last_season_is_repeated_where_the_future_is_missing()
    {
        var table = Table([1, 2, 3, 4], [10, 20, 30, 40]);
        var extended = FutureCovariates.Extend(table, ["price"], horizon: 5, season: 2, out var repeated).Series[0];
        Assert.Equal(["price"], repeated);
        Assert.Equal([10, 20, 30, 40, 30, 40, 30, 40, 30], extended.Covariates["price"]);
        Assert.Equal(9, extended.Count);
        Assert.Equal(3, extended.LastObserved);
        Assert.Equal(new DateTime(2024, 1, 1).AddHours(8), extended.Index[8]);
    }

    [Fact]
    public void Rows_of_the_future_are_kept_and_only_what_is_missing_is_filled()
    {
        var table = Table([1, 2, 3, 4, double.NaN, double.NaN], [10, 20, 30, 40, 55, double.NaN]);
        var extended = FutureCovariates.Extend(table, ["price"], horizon: 2, season: 2, out var repeated).Series[0];
        Assert.Equal(["price"], repeated);
        Assert.Equal([10, 20, 30, 40, 55, 40], extended.Covariates["price"]);
    }

    [Fact]
    public void A_table_that_reaches_far_enough_is_left_as_it_is()
    {
        var table = Table([1, 2, double.NaN, double.NaN], [10, 20, 30, 40]);
        Assert.Same(table, FutureCovariates.Extend(table, ["price"], horizon: 2, season: 1, out var repeated));
        Assert.Empty(repeated);
    }

    [Fact]
    public void A_missing_season_is_looked_for_further_back()
    {
        var table = Table([1, 2, 3, 4], [10, 20, double.NaN, 40]);
        var extended = FutureCovariates.Extend(table, ["price"], horizon: 1, season: 2, out _).Series[0];
        Assert.Equal(10, extended.Covariates["price"][4]);
    }

    private static SeriesTable Table(double[] values, double[] price) => new([new Series(
        "a",
        TimeIndex.Regular(new DateTime(2024, 1, 1), Frequency.Hourly, values.Length),
        values,
        new Dictionary<string, double[]> { ["price"] = price })]);
}
