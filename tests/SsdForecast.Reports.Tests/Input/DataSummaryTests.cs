using SsdForecast.Data;

namespace SsdForecast.Reports.Tests;

public class DataSummaryTests
{
    [Fact]
    public void A_table_is_summed_up()
    {
        var wave = Samples.Wave("a", 1000);
        wave.Values[3] = double.NaN;
        var table = new SeriesTable(
            [new Series("a", wave.Index, wave.Values), Samples.Wave("b", 1500)],
            LoadReport.Empty with { Duplicates = new RowTally(3, 17) },
            "/somewhere/load.csv");
        var facts = DataSummary.Of(table).ToDictionary(f => f.Label, f => f.Value);
        Assert.Equal("load.csv", facts["File"]);
        Assert.Equal("2", facts["Series"]);
        Assert.Equal("1,000 to 1,500 each, 2,500 in all", facts["Rows"]);
        Assert.Equal("1 hour", facts["Step"]);
        Assert.Equal("1 Mar 2024 to 2 May 2024 11:00", facts["Span"]);
        Assert.Equal("1 (0.04\u00A0%)", facts["Missing values"]);
        Assert.Equal("3, first at line 17", facts["Duplicate rows"]);
    }

    [Theory]
    [InlineData("30min", 48, "48 steps (1 day)")]
    [InlineData("h", 36, "36 steps (1.5 days)")]
    [InlineData("MS", 12, "12 steps (12 months)")]
    [InlineData("D", 1, "1 step (1 day)")]
    public void A_horizon_is_given_in_steps_and_time(string frequency, int steps, string expected) =>
        Assert.Equal(expected, StepText.Horizon(steps, TimeIndex.Regular(new DateTime(2024, 1, 1), Frequency.Parse(frequency), 10)));

    [Fact]
    public void A_horizon_without_times_is_given_in_steps() => Assert.Equal("48 steps", StepText.Horizon(48, TimeIndex.Ordinal(10)));
}
