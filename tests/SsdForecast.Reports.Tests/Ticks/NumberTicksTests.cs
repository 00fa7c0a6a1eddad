namespace SsdForecast.Reports.Tests;

public class NumberTicksTests
{
    [Theory]
    [InlineData(0.013, 0.02)]
    [InlineData(1, 1)]
    [InlineData(2.1, 5)]
    [InlineData(51, 100)]
    [InlineData(1e-300, 1e-300)]
    public void Steps_are_one_two_or_five(double least, double step) => Assert.Equal(step, NumberTicks.Step(least), step * 1e-12);

    [Fact]
    public void Ticks_are_multiples_of_their_step_without_rounding_noise()
    {
        var labels = NumberTicks.Vertical(-0.05, 1.05, 240).Ticks.Select(t => t.Label);
        Assert.Equal(["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"], labels);
        Assert.Contains(0.6, NumberTicks.Vertical(-0.05, 1.05, 240).Ticks.Select(t => t.Value));
    }

    [Fact]
    public void Vertical_ticks_are_at_least_thirty_pixels_apart_or_24_where_no_such_step_has_a_multiple() => Check.Property(random =>
    {
        var min = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-20, 20));
        var max = min + random.NextDouble() * Math.Abs(min) + 1e-30;
        var pixels = random.Next(60, 800);
        var ticks = NumberTicks.Vertical(min, max, pixels).Ticks;
        var least = ticks.Count > 2 ? 29.9 : 23.9;
        for (var i = 1; i < ticks.Count; i++) Assert.True((ticks[i].Value - ticks[i - 1].Value) / (max - min) * pixels > least);
    });

    [Fact]
    public void Whole_number_axes_have_no_fractions() =>
        Assert.All(NumberTicks.Vertical(0, 3, 600, wholeNumbers: true).Ticks, t => Assert.Equal(Math.Round(t.Value), t.Value));

    [Fact]
    public void A_cycle_of_a_day_gives_ticks_at_parts_of_a_day()
    {
        var ticks = NumberTicks.Cyclic(1, 96, new AxisSpace(0, 800, 0, 800, 12), 24).Ticks.Select(t => t.Value).ToList();
        Assert.Equal(6, ticks[0]);
        Assert.Equal(12, ticks[1]);
        Assert.Equal(96, ticks[^1]);
    }
}
