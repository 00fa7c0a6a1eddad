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

    [Theory]
    [InlineData("h", "2024-01-01 09:00", "2024-01-01 10:29", 1)]
    [InlineData("h", "2024-01-01 09:00", "2024-01-01 10:30", 2)]
    [InlineData("h", "2024-01-01 10:00", "2024-01-01 10:30", 1)]
    [InlineData("h", "2024-01-01 11:00", "2024-01-01 10:30", 0)]
    [InlineData("h", "2024-01-01 11:00", "2024-01-01 10:29", -1)]
    [InlineData("MS", "2024-01-31", "2024-02-01", 1)]
    [InlineData("MS", "2024-01-01", "2024-02-20", 1)]
    [InlineData("QS", "2024-01-01", "2024-03-20", 1)]
    [InlineData("QS", "2024-01-01", "2024-02-20", 0)]
    [InlineData("YS", "2024-01-01", "2023-12-01", 0)]
    public void Steps_between_are_counted_to_the_nearest(string frequency, string from, string to, int steps)
        => Assert.Equal(steps, Frequency.Parse(frequency).StepsBetween(DateTime.Parse(from, null), DateTime.Parse(to, null)));

    [Fact]
    public void A_time_has_the_same_place_from_whichever_step_it_is_counted()
    {
        var cases =
            from frequency in Gen.Elements("30min", "h", "D", "W", "MS", "QS", "YS").Select(Frequency.Parse)
            from first in Gen.Choose(0, 365 * 24 * 60).Select(m => new DateTime(2021, 1, 1).AddMinutes(m))
            from n in Gen.Choose(-500, 500)
            from halves in Gen.Choose(-400, 400)
            select (frequency, first, n, to: first.AddTicks(frequency.NominalStep.Ticks / 2 * halves));
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var step = c.frequency.Add(c.first, c.n);
            return c.frequency.StepsBetween(c.first, step) == c.n && c.frequency.StepsBetween(step, c.to) == c.frequency.StepsBetween(c.first, c.to) - c.n;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Counts_below_one_and_ordinal_times_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Frequency(FrequencyUnit.Hour, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Frequency(FrequencyUnit.Ordinal, 2));
        Assert.Throws<InvalidOperationException>(() => Frequency.Ordinal.Add(new DateTime(2020, 1, 1), 1));
        Assert.Throws<InvalidOperationException>(() => Frequency.Ordinal.StepsBetween(default, default));
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
