using FsCheck;
using FsCheck.Fluent;

namespace SsdForecast.Data.Tests;

public class FrequencyTests
{
    [Theory]
    [InlineData("30min", FrequencyUnit.Minute, 30)]
    [InlineData("15T", FrequencyUnit.Minute, 15)]
    [InlineData("h", FrequencyUnit.Hour, 1)]
    [InlineData("60min", FrequencyUnit.Hour, 1)]
    [InlineData("24h", FrequencyUnit.Day, 1)]
    [InlineData("7D", FrequencyUnit.Week, 1)]
    [InlineData("W", FrequencyUnit.Week, 1)]
    [InlineData("MS", FrequencyUnit.Month, 1)]
    [InlineData("3MS", FrequencyUnit.Quarter, 1)]
    [InlineData("12M", FrequencyUnit.Year, 1)]
    [InlineData("QS", FrequencyUnit.Quarter, 1)]
    [InlineData("s", FrequencyUnit.Second, 1)]
    [InlineData(" ordinal ", FrequencyUnit.Ordinal, 1)]
    public void Text_is_read(string text, FrequencyUnit unit, int count) => Assert.Equal(new Frequency(unit, count), Frequency.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("0h")]
    [InlineData("-1h")]
    [InlineData("1.5h")]
    [InlineData("fortnight")]
    [InlineData("m")]
    [InlineData("99999999999s")]
    public void Other_text_is_refused(string text)
    {
        Assert.False(Frequency.TryParse(text, out _));
        Assert.Contains("30min", Assert.Throws<FormatException>(() => Frequency.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_of_a_frequency_reads_back_to_itself()
    {
        var frequencies =
            from unit in Gen.Elements(Enum.GetValues<FrequencyUnit>())
            from count in Gen.Choose(1, 5000)
            select Frequency.Parse(new Frequency(unit, unit == FrequencyUnit.Ordinal ? 1 : count).ToString());
        Prop.ForAll(frequencies.ToArbitrary(), f => Frequency.Parse(f.ToString()) == f).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("30min", "48,336")]
    [InlineData("h", "24,168")]
    [InlineData("15min", "96,672")]
    [InlineData("10min", "144,1008")]
    [InlineData("5min", "288,2016")]
    [InlineData("s", "3600,86400")]
    [InlineData("D", "7")]
    [InlineData("W", "52")]
    [InlineData("MS", "12")]
    [InlineData("QS", "4")]
    [InlineData("YS", "1")]
    [InlineData("ordinal", "1")]
    [InlineData("2D", "1")]
    [InlineData("5h", "1")]
    public void Seasons_are_the_usual_ones(string frequency, string seasons) =>
        Assert.Equal(seasons, string.Join(',', Frequency.Parse(frequency).SeasonLengths));

    [Theory]
    [InlineData("MS", "2020-01-31", 1, "2020-02-29")]
    [InlineData("MS", "2020-01-31", 3, "2020-04-30")]
    [InlineData("MS", "2020-01-30", 1, "2020-02-29")]
    [InlineData("MS", "2020-01-30", 2, "2020-03-30")]
    [InlineData("MS", "2020-02-29", 1, "2020-03-31")]
    [InlineData("MS", "2020-01-15", -1, "2019-12-15")]
    [InlineData("QS", "2020-11-01", 1, "2021-02-01")]
    [InlineData("YS", "2020-02-29", 1, "2021-02-28")]
    [InlineData("W", "2020-02-24", 1, "2020-03-02")]
    [InlineData("D", "2020-02-28", 2, "2020-03-01")]
    public void Steps_follow_the_calendar(string frequency, string from, int steps, string to) =>
        Assert.Equal(DateTime.Parse(to, null), Frequency.Parse(frequency).Add(DateTime.Parse(from, null), steps));

    [Fact]
    public void Counts_below_one_and_ordinal_times_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Frequency(FrequencyUnit.Hour, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Frequency(FrequencyUnit.Ordinal, 2));
        Assert.Throws<InvalidOperationException>(() => Frequency.Ordinal.Add(new DateTime(2020, 1, 1), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Frequency.FromStep(TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public void Json_holds_the_text()
    {
        Assert.Equal("\"30min\"", System.Text.Json.JsonSerializer.Serialize(Frequency.Parse("30min")));
        Assert.Equal(Frequency.Daily, System.Text.Json.JsonSerializer.Deserialize<Frequency>("\"D\""));
        Assert.Throws<System.Text.Json.JsonException>(() => System.Text.Json.JsonSerializer.Deserialize<Frequency>("\"x\""));
    }
}
