namespace SsdForecast.Reports.Tests;

public class TimeTicksTests
{
    private static readonly AxisSpace Wide = new(40, 784, 0, 800, 12);

    [Fact]
    public void Five_days_show_hours_with_the_day_below()
    {
        var ticks = Ticks(new(2014, 10, 8, 4, 30, 0), new(2014, 10, 13, 4, 0, 0));
        Assert.All(ticks, t => Assert.Equal(0, ChartTime.FromX(t.Value).Hour % 12));
        Assert.Equal(["Thu 9 Oct 2014", "Fri 10 Oct 2014", "Sat 11 Oct 2014", "Sun 12 Oct 2014", "Mon 13 Oct 2014"], ticks.Select(t => t.Context).OfType<string>());
        Assert.All(ticks.Where(t => t.Context is not null), t => Assert.Equal("00:00", t.Label));
    }

    [Fact]
    public void Where_the_year_does_not_fit_every_time_it_stands_once()
    {
        var ticks = TimeTicks.Horizontal(ChartTime.ToX(new DateTime(2014, 10, 8, 4, 30, 0)), ChartTime.ToX(new DateTime(2014, 10, 13, 4, 0, 0)), new AxisSpace(40, 560, 0, 570, 12)).Ticks;
        Assert.Equal(["Thu 9 Oct 2014", "Fri 10 Oct", "Sat 11 Oct", "Sun 12 Oct", "Mon 13 Oct"], ticks.Select(t => t.Context).OfType<string>());
    }

    [Fact]
    public void Twenty_years_show_years_without_a_second_line()
    {
        var ticks = Ticks(new(1990, 1, 1), new(2010, 10, 10));
        Assert.Equal("1990", ticks[0].Label);
        Assert.Equal(new DateTime(1992, 1, 1), ChartTime.FromX(ticks[1].Value));
        Assert.All(ticks, t => Assert.Null(t.Context));
    }

    [Fact]
    public void Months_stand_above_their_year()
    {
        var ticks = Ticks(new(2023, 11, 20), new(2024, 12, 20));
        Assert.All(ticks, t => Assert.Equal(1, ChartTime.FromX(t.Value).Day));
        Assert.Equal(["2023", "2024"], ticks.Select(t => t.Context).OfType<string>());
        Assert.Equal("Jan", ticks.Single(t => t.Context == "2024").Label);
    }

    [Fact]
    public void Weeks_begin_on_monday() =>
        Assert.All(Ticks(new(2024, 2, 1), new(2024, 4, 20)), t => Assert.Equal(DayOfWeek.Monday, ChartTime.FromX(t.Value).DayOfWeek));

    [Fact]
    public void A_tick_does_not_depend_on_where_the_data_starts()
    {
        var one = Ticks(new(2024, 5, 3, 1, 0, 0), new(2024, 5, 6)).Select(t => t.Value).ToList();
        var other = Ticks(new(2024, 5, 3, 7, 30, 0), new(2024, 5, 6)).Select(t => t.Value).ToList();
        Assert.Equal(one[^other.Count..], other);
    }

    [Fact]
    public void A_span_without_two_calendar_boundaries_shows_its_ends()
    {
        var space = new AxisSpace(30, 120, 0, 130, 12);
        var from = ChartTime.ToX(new DateTime(2024, 5, 3, 10, 1, 7));
        var ticks = TimeTicks.Horizontal(from, from + 0.02, space).Ticks;
        Assert.NotEmpty(ticks);
    }

    [Theory]
    [InlineData(86400, "Fri 3 May 2024 10:30")]
    [InlineData(3600, "Fri 3 May 2024 10:30")]
    [InlineData(30 * 86400, "May 2024")]
    [InlineData(366 * 86400.0, "2024")]
    public void A_time_in_full_is_as_precise_as_the_step(double step, string expected) =>
        Assert.Equal(expected, TimeTicks.Full(new DateTime(2024, 5, 3, 10, 30, 0), step));

    private static IReadOnlyList<Tick> Ticks(DateTime from, DateTime to) => TimeTicks.Horizontal(ChartTime.ToX(from), ChartTime.ToX(to), Wide).Ticks;
}
