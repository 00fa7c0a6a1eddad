using MathNet.Numerics.Distributions;

namespace SsdForecast.Streaming.Tests;

public class PageHinkleyTests
{
    private static readonly MonitorOptions Options = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Steady_errors_never_fire(int seed)
    {
        var (test, random) = (default(PageHinkley), new Random(seed));
        for (var t = 0; t < 200_000; t++) Assert.False(test.Update(Math.Abs(Normal.Sample(random, 0, 3)), Options), $"fired at {t}");
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(1e-6)]
    [InlineData(1e9)]
    public void A_doubled_error_fires_soon_in_any_unit_and_then_the_test_begins_anew(double unit)
    {
        var (test, random) = (default(PageHinkley), new Random(4));
        var fired = new List<int>();
        for (var t = 0; t < 6000; t++)
            if (test.Update(unit * Math.Abs(Normal.Sample(random, 0, t < 3000 ? 1 : 2)), Options)) fired.Add(t);
        Assert.Single(fired);
        Assert.InRange(fired[0], 3005, 3150);
    }

    [Fact]
    public void The_statistic_is_what_is_held_against_the_threshold()
    {
        var (test, random) = (default(PageHinkley), new Random(4));
        var (before, fired) = (0.0, 0);
        for (var t = 0; t < 6000; t++)
        {
            var fires = test.Update(Math.Abs(Normal.Sample(random, 0, t / 1000 % 2 == 0 ? 1 : 3)), Options, out var statistic);
            Assert.Equal(fires, statistic > Options.DriftThreshold);
            Assert.InRange(statistic, 0, before + PageHinkley.Cut);
            before = fires ? 0 : statistic;
            if (fires) fired++;
        }

        Assert.InRange(fired, 1, 10);
    }

    [Fact]
    public void A_fall_of_the_error_and_a_single_outlier_do_not_fire()
    {
        var (test, random) = (default(PageHinkley), new Random(4));
        for (var t = 0; t < 6000; t++)
            Assert.False(test.Update(t == 2000 ? 1e12 : Math.Abs(Normal.Sample(random, 0, t < 3000 ? 2 : 1)), Options));
        Assert.InRange(test.Mean, 0.5, 2);
    }

    [Fact]
    public void Constant_errors_are_no_drift()
    {
        var test = default(PageHinkley);
        for (var t = 0; t < 1000; t++) Assert.False(test.Update(2, Options));
    }
}
