namespace SsdForecast.Reports.Tests;

public class LogTicksTests
{
    [Fact]
    public void Long_ranges_have_powers_of_ten() =>
        Assert.Equal(["10⁻²⁰", "10⁻¹⁰", "10⁰", "10¹⁰", "10²⁰"], LogTicks.Vertical(1e-20, 1e20, 200).Ticks.Select(t => t.Label));

    [Fact]
    public void Short_ranges_have_numbers_between() =>
        Assert.Equal(["1", "2", "5", "10", "20", "50", "100"], LogTicks.Vertical(1, 100, 300).Ticks.Select(t => t.Label));

    [Fact]
    public void Less_than_a_decade_is_divided_evenly() => Assert.True(LogTicks.Vertical(100, 150, 300).Ticks.Count >= 4);
}
