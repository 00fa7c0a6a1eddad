using FsCheck;
using FsCheck.Fluent;

namespace SsdForecast.Data.Tests;

public class MetricsTests
{
    private const double NaN = double.NaN;

    [Fact]
    public void Errors_of_four_values_by_hand()
    {
        double[] actual = [1, NaN, 3, -2], forecast = [2, 9, 1, -2];
        Assert.Equal(5.0 / 3, Metrics.Mse(actual, forecast), 12);
        Assert.Equal(1, Metrics.Mae(actual, forecast), 12);
        Assert.Equal(((200.0 / 3) + 100 + 0) / 3, Metrics.Smape(actual, forecast), 12);
        Assert.Equal(0.5, Metrics.Mase(actual, forecast, 2), 12);
    }

    [Fact]
    public void Smape_runs_from_0_to_200_percent()
    {
        Assert.Equal(200, Metrics.Smape([1], [-1]));
        Assert.Equal(200, Metrics.Smape([0], [5]));
        Assert.Equal(0, Metrics.Smape([0], [0]));
    }

    [Fact]
    public void Nothing_observed_is_no_number()
    {
        Assert.True(double.IsNaN(Metrics.Mse([NaN], [1])));
        Assert.True(double.IsNaN(Metrics.Mae([], [])));
        Assert.True(double.IsNaN(Metrics.Crps([NaN], [0.5], new double[1, 1])));
        Assert.True(double.IsNaN(Metrics.Coverage([NaN], [0], [1])));
    }

    [Fact]
    public void A_forecast_that_is_missing_is_not_skipped() => Assert.True(double.IsNaN(Metrics.Mae([1, 2], [1, NaN])));

    [Fact]
    public void The_scale_of_the_MASE_is_the_seasonal_naive_error_of_the_training_rows()
    {
        Assert.Equal(2.5, Metrics.MaseScale([1, 2, 4, 5, 1, 4], 2), 12);
        Assert.Equal(4, Metrics.MaseScale([1, NaN, 4, 5, 9, NaN], 2), 12);
        Assert.True(double.IsNaN(Metrics.MaseScale([1, 2], 2)));
        Assert.True(double.IsNaN(Metrics.MaseScale([3, 3, 3], 1)));
        // What rounding leaves of a constant scales nothing, however large or small the constant.
        Assert.True(double.IsNaN(Metrics.MaseScale([0.3, 0.1 * 3, 0.3], 1)));
        Assert.True(double.IsNaN(Metrics.MaseScale([3e9, 0.1 * 3e10, 3e9], 1)));
        Assert.Equal(1e-9, Metrics.MaseScale([0, 1e-9, 0], 1), 12);
        Assert.Throws<ArgumentOutOfRangeException>(() => Metrics.MaseScale([1, 2], 0));
    }

    [Fact]
    public void Pinball_by_hand()
    {
        Assert.Equal(0.9 * 2, Metrics.Pinball(5, 3, 0.9), 12);
        Assert.Equal(0.1 * 2, Metrics.Pinball(3, 5, 0.9), 12);
        Assert.Equal(1, Metrics.Pinball([5, NaN, 3], [3, 0, 5], 0.5), 12);
    }

    [Fact]
    public void Crps_by_hand()
    {
        var quantiles = new double[,] { { 1, 2, 4 }, { 0, 0, 0 } };
        // Lead 1, actual 3: 0.1·2, 0.5·1, 0.1·1; lead 2 is not observed.
        Assert.Equal(2 * (0.2 + 0.5 + 0.1) / 3, Metrics.Crps([3, NaN], [0.1, 0.5, 0.9], quantiles), 12);
        Assert.Throws<ArgumentException>(() => Metrics.Crps([3], [0.1, 0.5, 0.9], quantiles));
    }

    [Fact]
    public void Crps_of_the_median_is_the_absolute_error() =>
        Prop.ForAll<NormalFloat, NormalFloat>((y, f) => Metrics.Crps([y.Get], [0.5], new[,] { { f.Get } }) == Math.Abs(y.Get - f.Get)).QuickCheckThrowOnFailure();

    [Fact]
    public void Crps_of_many_levels_nears_that_of_the_distribution()
    {
        // A uniform distribution on [0, 1] and y = 0.25 have ∫(F − 1{x ≥ y})² dx = (y³ + (1 − y)³) / 3.
        var levels = Enumerable.Range(0, 2000).Select(i => (i + 0.5) / 2000).ToArray();
        var quantiles = new double[1, levels.Length];
        for (var q = 0; q < levels.Length; q++) quantiles[0, q] = levels[q];
        Assert.Equal((Math.Pow(0.25, 3) + Math.Pow(0.75, 3)) / 3, Metrics.Crps([0.25], levels, quantiles), 5);
    }

    [Fact]
    public void Coverage_counts_the_ends() => Assert.Equal(0.75, Metrics.Coverage([1, 2, 3, NaN, 9], [1, 1, 1, 1, 1], [3, 3, 3, 3, 3]));

    [Fact]
    public void Lengths_that_differ_are_refused() => Assert.Throws<ArgumentException>(() => Metrics.Mse([1, 2], [1]));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.25, 1.75)]
    [InlineData(0.5, 2.5)]
    [InlineData(0.9, 3.7)]
    [InlineData(1, 4)]
    public void Quantiles_interpolate_as_in_R(double level, double expected) => Assert.Equal(expected, Quantiles.OfSorted([1, 2, 3, 4], level), 12);
}
