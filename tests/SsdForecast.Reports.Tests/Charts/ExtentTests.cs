namespace SsdForecast.Reports.Tests;

public class ExtentTests
{
    [Fact]
    public void Zero_is_shown_when_it_is_near() => Assert.Equal(0, OfY([20, 100]).Min);

    [Fact]
    public void Zero_is_not_shown_when_it_is_far() => Assert.True(OfY([900, 1000]).Min > 800);

    [Fact]
    public void A_margin_never_crosses_zero()
    {
        Assert.Equal(0, OfY([0, 10]).Min);
        Assert.Equal(0, OfY([-10, 0]).Max);
    }

    [Fact]
    public void Bars_stand_on_zero()
    {
        var chart = new Chart { Title = "b", Layers = [new BarLayer(null, [1, 2], [90, 100])] };
        Assert.Equal(0, ChartExtents.OfY(chart, ChartExtents.OfX(chart)).Min);
    }

    [Fact]
    public void Only_what_lies_within_the_horizontal_limits_counts()
    {
        var chart = Samples.Line([1, 2, 3], [1, 2, 1000], Axis.Number() with { Max = 2 });
        Assert.True(ChartExtents.OfY(chart, ChartExtents.OfX(chart)).Max < 10);
    }

    [Fact]
    public void A_limit_beyond_all_data_moves_the_other()
    {
        var chart = Samples.Line([1, 2], [1, 2], yAxis: Axis.Number() with { Min = 50 });
        var extent = ChartExtents.OfY(chart, ChartExtents.OfX(chart));
        Assert.Equal(50, extent.Min);
        Assert.True(extent.Max > 50);
    }

    [Fact]
    public void A_bar_is_most_of_the_least_distance() => Assert.Equal(0.9 * 0.5, ChartExtents.BarWidth(new BarLayer(null, [0, 2, 2.5], [1, 1, 1])), 12);

    private static Extent OfY(double[] y)
    {
        var chart = Samples.Line([.. y.Select((_, i) => (double)i)], y);
        return ChartExtents.OfY(chart, ChartExtents.OfX(chart));
    }
}
