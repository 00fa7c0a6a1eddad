using FsCheck;
using FsCheck.Fluent;

namespace SsdForecast.Data.Tests;

public class ScalerTests
{
    [Fact]
    public void Mean_and_population_deviation_skip_missing_values()
    {
        var scaler = Scaler.Fit([2, double.NaN, 4, 4, 4, 5, 5, 7, 9]);
        Assert.Equal(5, scaler.Mean, 12);
        Assert.Equal(2, scaler.Std, 12);
        Assert.Equal(1, scaler.Scale(7), 12);
        Assert.True(double.IsNaN(scaler.Scale(double.NaN)));
    }

    [Fact]
    public void Constant_values_scale_by_one_exactly()
    {
        Assert.Equal(new Scaler(0.1, 1), Scaler.Fit([0.1, 0.1, 0.1, double.NaN, 0.1, 0.1, 0.1, 0.1]));
        Assert.Equal(Scaler.Identity, Scaler.Fit([]));
        Assert.Equal(Scaler.Identity, Scaler.Fit([double.NaN]));
    }

    [Fact]
    public void Deviation_survives_a_large_mean() =>
        Assert.Equal(Math.Sqrt(2.0 / 3), Scaler.Fit([1e9 + 1, 1e9 + 2, 1e9 + 3]).Std, 9);

    [Fact]
    public void Unscale_undoes_scale() =>
        Prop.ForAll<NormalFloat, NormalFloat, NormalFloat>((a, b, c) =>
        {
            var scaler = Scaler.Fit([a.Get, b.Get]);
            var back = scaler.Unscale(scaler.Scale(c.Get));
            return Math.Abs(back - c.Get) <= 1e-9 * (Math.Abs(c.Get) + Math.Abs(scaler.Mean) + scaler.Std);
        }).QuickCheckThrowOnFailure();
}
