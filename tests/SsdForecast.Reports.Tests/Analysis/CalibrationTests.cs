using SsdForecast.Data;

namespace SsdForecast.Reports.Tests;

public class CalibrationTests
{
    [Fact]
    public void Shares_at_or_below_each_quantile_are_counted()
    {
        // Quantiles 1, 5 and 9 for each of ten leads; actual values 0 … 9.
        double[] levels = [0.1, 0.5, 0.9];
        var values = new double[10, 3];
        for (var h = 0; h < 10; h++) (values[h, 0], values[h, 1], values[h, 2]) = (1, 5, 9);
        var model = new ModelForecasts("m", [new(new Forecast("s", 0, [], levels, values), [0, 1, 2, 3, 4, 5, 6, 7, 8, double.NaN])]);
        var points = Calibration.Of(model, out var count);
        Assert.Equal(9, count);
        Assert.Equal([2 / 9.0, 6 / 9.0, 1], points.Select(p => p.Observed));
        var inside = Assert.Single(Calibration.Intervals(model));
        Assert.Equal(0.8, inside.Nominal);
        Assert.Equal(8 / 9.0, inside.Observed);
    }

    [Fact]
    public void A_point_model_has_no_calibration() => Assert.Null(Calibration.Chart(Samples.Backtest(levels: [0.5])));
}
