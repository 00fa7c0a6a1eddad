using SsdForecast.Data;

namespace SsdForecast.Reports.Tests;

public class LayerTests
{
    [Fact]
    public void Lengths_must_agree()
    {
        Assert.Throws<ArgumentException>(() => new LineLayer("l", [1, 2], [1]));
        Assert.Throws<ArgumentException>(() => new PointLayer("p", [1], [1, 2]));
        Assert.Throws<ArgumentException>(() => new BarLayer("b", [1], []));
        Assert.Throws<ArgumentException>(() => new BandLayer("f", [1, 2], [new(0.9, [1, 2], [1])]));
    }

    [Fact]
    public void A_heat_map_has_bounds()
    {
        Assert.Throws<ArgumentException>(() => new HeatmapLayer(null, new double[0, 3]));
        Assert.Throws<ArgumentException>(() => new HeatmapLayer(null, new double[300, 300]));
    }

    [Fact]
    public void A_category_axis_needs_a_name() => Assert.Throws<ArgumentException>(() => Axis.Category([]));

    [Fact]
    public void A_fan_pairs_levels_that_mirror_each_other()
    {
        var forecast = new Forecast("s", 0, [], [0.05, 0.25, 0.4, 0.5, 0.75, 0.95], new double[,] { { 1, 2, 3, 4, 5, 6 } });
        var intervals = Fan.Intervals(forecast);
        Assert.Equal([0.9, 0.5], intervals.Select(i => i.Probability));
        Assert.Equal((1.0, 6.0), (intervals[0].Lower[0], intervals[0].Upper[0]));
        Assert.Equal((2.0, 5.0), (intervals[1].Lower[0], intervals[1].Upper[0]));
    }

    [Fact]
    public void A_point_forecast_has_no_fan() => Assert.Empty(Fan.Intervals(new Forecast("s", 0, [], [0.5], new double[,] { { 1 } })));

    [Fact]
    public void Times_survive_the_way_to_a_coordinate_and_back() => Check.Property(random =>
    {
        var time = new DateTime(random.NextInt64(0, DateTime.MaxValue.Ticks) / 10_000_000 * 10_000_000);
        Assert.Equal(time, ChartTime.FromX(ChartTime.ToX(time)));
    });
}
