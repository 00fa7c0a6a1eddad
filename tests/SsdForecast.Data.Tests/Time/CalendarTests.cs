namespace SsdForecast.Data.Tests;

public class CalendarTests
{
    [Theory]
    [InlineData("30min", "HourOfDay,DayOfWeek,DayOfYear")]
    [InlineData("h", "HourOfDay,DayOfWeek,DayOfYear")]
    [InlineData("D", "DayOfWeek,DayOfYear")]
    [InlineData("W", "DayOfYear")]
    [InlineData("MS", "DayOfYear")]
    [InlineData("QS", "DayOfYear")]
    [InlineData("YS", "")]
    [InlineData("ordinal", "")]
    public void An_index_sees_the_cycles_that_its_steps_resolve(string frequency, string cycles) =>
        Assert.Equal(cycles, string.Join(',', Calendar.CyclesFor(TimeIndex.Regular(new DateTime(2020, 1, 1), Frequency.Parse(frequency), 10))));

    [Fact]
    public void Phases_are_fractions_of_the_cycle()
    {
        var wednesdayNoon = new DateTime(2020, 1, 1, 12, 0, 0);
        Assert.Equal(0.5, Calendar.Phase(wednesdayNoon, CalendarCycle.HourOfDay), 12);
        Assert.Equal(2.5 / 7, Calendar.Phase(wednesdayNoon, CalendarCycle.DayOfWeek), 12);
        Assert.Equal(0.5 / 366, Calendar.Phase(wednesdayNoon, CalendarCycle.DayOfYear), 12);
        Assert.Equal(0, Calendar.Phase(new DateTime(2020, 1, 6), CalendarCycle.DayOfWeek));
        Assert.Equal(364.0 / 365, Calendar.Phase(new DateTime(2021, 12, 31), CalendarCycle.DayOfYear), 12);
    }

    [Fact]
    public void Sine_and_cosine_are_written_cycle_by_cycle()
    {
        var features = new float[4];
        Calendar.Write(new DateTime(2020, 1, 6, 6, 0, 0), [CalendarCycle.HourOfDay, CalendarCycle.DayOfWeek], features);
        Assert.Equal([1f, 0f], features[..2].Select(v => MathF.Round(v, 6)));
        Assert.Equal(MathF.Sin(2 * MathF.PI / 28), features[2], 6);
        Assert.Throws<ArgumentException>(() => Calendar.Write(default, [CalendarCycle.HourOfDay], new float[1]));
    }
}
