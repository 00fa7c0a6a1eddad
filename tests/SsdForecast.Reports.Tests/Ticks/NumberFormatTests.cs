namespace SsdForecast.Reports.Tests;

public class NumberFormatTests
{
    [Theory]
    [InlineData(25_000, 5_000, 25_000, "25,000")]
    [InlineData(6_000, 1_000, 6_000, "6,000")]
    [InlineData(1, 0.2, 0.6, "0.6")]
    [InlineData(3_000_000, 500_000, 1_500_000, "1.5M")]
    [InlineData(4e9, 1e9, 2e9, "2G")]
    [InlineData(1_000_000, 200, 1_000_000, "1,000,000")]
    [InlineData(2e300, 1e300, 1e300, "1×10³⁰⁰")]
    [InlineData(5e-7, 1e-7, -3e-7, "−3×10⁻⁷")]
    [InlineData(50, 10, -20, "−20")]
    [InlineData(3e6, 1e6, 0, "0")]
    public void A_tick_is_written_to_its_step(double largest, double step, double value, string expected) =>
        Assert.Equal(expected, NumberFormat.ForTicks(largest, step)(value));

    [Theory]
    [InlineData(1234.5678, "1,235")]
    [InlineData(0.123456, "0.1235")]
    [InlineData(-12.3, "−12.30")]
    [InlineData(0, "0")]
    [InlineData(1e-9, "1.000×10⁻⁹")]
    [InlineData(double.NaN, "–")]
    [InlineData(double.PositiveInfinity, "–")]
    public void A_value_has_four_digits(double value, string expected) => Assert.Equal(expected, NumberFormat.Value(value));

    [Theory]
    [InlineData(1, 6, "1")]
    [InlineData(48, 6, "48")]
    [InlineData(1200, 4, "1,200")]
    [InlineData(0.05, 6, "0.05")]
    [InlineData(-12.3, 4, "−12.3")]
    [InlineData(0.123456, 4, "0.1235")]
    [InlineData(0, 4, "0")]
    [InlineData(1e-9, 4, "1.000×10⁻⁹")]
    [InlineData(double.NaN, 4, "–")]
    public void A_short_value_has_no_zeros_at_its_end(double value, int digits, string expected) => Assert.Equal(expected, NumberFormat.Short(value, digits));

    [Fact]
    public void Nothing_is_minus_zero()
    {
        Assert.Equal("0.0", NumberFormat.Fixed(-0.04, 1, false));
        Assert.Equal("−0.1", NumberFormat.Fixed(-0.06, 1, false));
    }

    [Fact]
    public void A_percentage_does_not_break_before_its_sign() => Assert.Equal("88.4\u00A0%", NumberFormat.Percent(0.884));
}
