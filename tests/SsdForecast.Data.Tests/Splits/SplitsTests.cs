namespace SsdForecast.Data.Tests;

public class SplitsTests
{
    [Fact]
    public void The_ETT_split_is_12_4_and_4_months()
    {
        Assert.Equal(new Split(8640, 11520, 14400), Splits.Ett(Frequency.Hourly));
        Assert.Equal(new Split(34560, 46080, 57600), Splits.Ett(Frequency.Parse("15min")));
        Assert.Throws<ArgumentException>(() => Splits.Ett(Frequency.Daily));
    }

    [Fact]
    public void The_LTSF_split_rounds_as_its_protocol_does()
    {
        Assert.Equal(new Split(5311, 6071, 7588), Splits.Ltsf(7588));
        Assert.Equal(1422, Splits.Ltsf(7588).TestRows - 96 + 1);
        Assert.Equal(new Split(676, 773, 966), Splits.Ltsf(966));
    }

    [Fact]
    public void Fractions_round_down_and_leave_the_rest_to_the_test()
    {
        Assert.Equal(new Split(7, 8, 10), Splits.Fractions(10, 0.7, 0.1));
        Assert.Equal(new Split(6, 8, 11), Splits.Fractions(11, 0.6, 0.2));
        Assert.Equal(new Split(5, 5, 5), Splits.Fractions(5, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Splits.Fractions(10, 0.9, 0.2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Splits.Fractions(1, 0.5, 0.2));
    }

    [Fact]
    public void Last_rows_are_cut_from_the_end()
    {
        var split = Splits.LastRows(100, 10, 20);
        Assert.Equal(new Split(70, 80, 100), split);
        Assert.Equal((10, 20), (split.ValidationRows, split.TestRows));
        Assert.Throws<ArgumentOutOfRangeException>(() => Splits.LastRows(30, 10, 20));
    }
}
