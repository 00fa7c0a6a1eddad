namespace SsdForecast.Data.Tests;

public class FrequencyInferenceTests
{
    private static string Csv(IEnumerable<DateTime> times) => "ds,y\n" + string.Concat(times.Select((t, i) => $"{t:yyyy-MM-dd HH:mm:ss},{i}\n"));

    [Theory]
    [InlineData("s")]
    [InlineData("5min")]
    [InlineData("30min")]
    [InlineData("h")]
    [InlineData("6h")]
    [InlineData("D")]
    [InlineData("W")]
    [InlineData("MS")]
    [InlineData("2MS")]
    [InlineData("QS")]
    [InlineData("YS")]
    public void The_step_is_recognised(string frequency)
    {
        var f = Frequency.Parse(frequency);
        foreach (var start in new[] { new DateTime(2019, 11, 15, 6, 30, 0), new DateTime(2020, 1, 31), new DateTime(2021, 1, 1) })
        {
            var table = Text.Read(Csv(Enumerable.Range(0, 30).Select(i => f.Add(start, i))));
            Assert.Equal(f, table.Frequency);
            Assert.Equal(30, table["y"].Count);
            Assert.Equal(0, table.Report.GapsFilled.Count);
            Assert.Equal(f.Add(start, 29), table["y"].Index[29]);
        }
    }

    [Fact]
    public void Gaps_are_filled_as_missing_rows_and_reported_with_the_line_after_the_first()
    {
        var hours = new[] { 0, 1, 2, 5, 6, 7, 9 }.Select(h => new DateTime(2020, 1, 1, h, 0, 0));
        var table = Text.Read(Csv(hours));
        Assert.Equal(10, table["y"].Count);
        Assert.Equal([0, 1, 2, double.NaN, double.NaN, 3, 4, 5, double.NaN, 6], table["y"].Values);
        Assert.Equal(new RowTally(3, 5), table.Report.GapsFilled);
        Assert.Equal(0, table.Report.MissingValues);
    }

    [Fact]
    public void Gaps_are_refused_when_told()
    {
        var hours = new[] { 0, 1, 2, 5, 6 }.Select(h => new DateTime(2020, 1, 1, h, 0, 0));
        var error = Text.Refused<GapException>(Csv(hours), new CsvSchema { Gaps = GapPolicy.Refuse });
        Assert.Equal(5, error.Line);
        Assert.Contains("2020-01-01 03:00:00", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Business_days_are_days_with_weekends_missing()
    {
        var days = Enumerable.Range(0, 60).Select(i => new DateTime(2020, 1, 1).AddDays(i)).Where(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday));
        Assert.Equal(Frequency.Daily, Text.Read(Csv(days)).Frequency);
    }

    [Fact]
    public void Events_at_no_common_step_stay_events()
    {
        var random = new Random(1);
        var t = new DateTime(2020, 1, 1);
        var times = Enumerable.Range(0, 50).Select(_ => t = t.AddSeconds(random.Next(1, 5000))).ToList();
        var table = Text.Read(Csv(times));
        Assert.Null(table.Frequency);
        Assert.False(table["y"].Index.IsRegular);
        Assert.Equal(times[17], table["y"].Index[17]);
        Assert.Contains(table.Report.Detected, l => l.StartsWith("frequency: none", StringComparison.Ordinal));
    }

    [Fact]
    public void Sparse_observations_on_a_fine_grid_stay_events_unless_told()
    {
        // Steps of 10 and 70 minutes in turn: filling would make four times the rows.
        var t = new DateTime(2020, 1, 1);
        var times = Enumerable.Range(0, 40).Select(i => t = t.AddMinutes(i % 2 == 0 ? 70 : 10)).ToList();
        Assert.Null(Text.Read(Csv(times)).Frequency);
        Assert.Equal(Frequency.Parse("10min"), Text.Read(Csv(times), new CsvSchema { Spacing = Spacing.Regular }).Frequency);
        Assert.Null(Text.Read(Text.Hourly(20), new CsvSchema { Spacing = Spacing.Irregular }).Frequency);
    }

    [Fact]
    public void A_row_off_the_grid_is_snapped_to_it_and_reported()
    {
        var times = Enumerable.Range(0, 30).Select(i => new DateTime(2020, 1, 1).AddMinutes(5 * i).AddSeconds(i == 12 ? 20 : 0));
        var table = Text.Read(Csv(times));
        Assert.Equal(30, table["y"].Count);
        Assert.Equal(new RowTally(1, 14), table.Report.OffGrid);
        Assert.Equal(12, table["y"].Values[12]);
    }

    [Fact]
    public void Two_frequencies_in_one_series_are_refused_at_the_row_of_the_change()
    {
        var hours = Enumerable.Range(0, 40).Select(i => new DateTime(2020, 1, 1).AddHours(i)).ToList();
        var halves = Enumerable.Range(1, 40).Select(i => hours[^1].AddMinutes(30 * i));
        var error = Text.Refused<FrequencyException>(Csv(hours.Concat(halves)));
        Assert.Equal(41, error.Line);
        Assert.Contains("the step is h up to this row and 30min from it on", error.Message, StringComparison.Ordinal);
        Assert.Equal(80, Text.Read(Csv(hours.Concat(halves)), new CsvSchema { Spacing = Spacing.Irregular })["y"].Count);
        Assert.Equal(119, Text.Read(Csv(hours.Concat(halves)), new CsvSchema { Frequency = Frequency.Parse("30min") })["y"].Count);
    }

    [Fact]
    public void Two_frequencies_in_two_series_are_refused_by_name()
    {
        var csv = "id,ds,y\n"
            + string.Concat(Enumerable.Range(0, 20).Select(i => $"a,{new DateTime(2020, 1, 1).AddHours(i):yyyy-MM-dd HH:mm},1{i}\n"))
            + string.Concat(Enumerable.Range(0, 10).Select(i => $"b,{new DateTime(2020, 1, 1).AddDays(i):yyyy-MM-dd HH:mm},2{i}\n"));
        var error = Text.Refused<FrequencyException>(csv);
        Assert.Contains("series 'b' has D, but series 'a' (line 2) has h", error.Message, StringComparison.Ordinal);
        Assert.Equal(22, error.Line);
    }

    [Fact]
    public void Rows_off_the_grid_of_a_told_frequency_are_refused()
    {
        var error = Text.Refused<FrequencyException>(Text.Hourly(20), new CsvSchema { Frequency = Frequency.Daily });
        Assert.Contains("do not lie on a grid of D", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_frequency_that_would_fill_without_end_is_refused() =>
        Text.Refused<FrequencyException>("ds,y\n1900-01-01,1\n2020-01-01,2\n2021-01-01,3\n", new CsvSchema { Frequency = Frequency.Parse("s") });

    [Fact]
    public void Rows_out_of_order_are_sorted_and_reported_or_refused()
    {
        const string Csv = "ds,y\n2020-01-01,1\n2020-01-03,3\n2020-01-02,2\n2020-01-04,4\n";
        var table = Text.Read(Csv);
        Assert.Equal([1.0, 2, 3, 4], table["y"].Values);
        Assert.Equal(new RowTally(1, 4), table.Report.OutOfOrder);
        Assert.Equal(4, Text.Refused<OrderException>(Csv, new CsvSchema { Order = OrderPolicy.Refuse }).Line);
    }

    [Theory]
    [InlineData(DuplicatePolicy.KeepFirst, 2.0)]
    [InlineData(DuplicatePolicy.KeepLast, 4.0)]
    [InlineData(DuplicatePolicy.Mean, 3.0)]
    public void Repeated_times_are_merged_as_told_and_reported(DuplicatePolicy policy, double expected)
    {
        const string Csv = "ds,y\n2020-01-01,1\n2020-01-02,2\n2020-01-02,\n2020-01-02,4\n2020-01-03,5\n";
        var table = Text.Read(Csv, new CsvSchema { Duplicates = policy });
        Assert.Equal([1.0, expected, 5], table["y"].Values);
        Assert.Equal(new RowTally(2, 4), table.Report.Duplicates);
    }

    [Fact]
    public void Repeated_times_are_refused_when_told()
    {
        var error = Text.Refused<DuplicateException>("ds,y\n2020-01-01,1\n2020-01-02,2\n2020-01-02,3\n", new CsvSchema { Duplicates = DuplicatePolicy.Refuse });
        Assert.Equal(4, error.Line);
        Assert.Contains("2020-01-02", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_series_takes_the_frequency_of_the_others()
    {
        var csv = "id,ds,y\n"
            + string.Concat(Enumerable.Range(0, 20).Select(i => $"a,{new DateTime(2020, 1, 1).AddHours(i):yyyy-MM-dd HH:mm},{i}\n"))
            + "b,2020-01-01 00:00,1\nb,2020-01-01 03:00,2\nc,2020-01-01 05:00,9\n";
        var table = Text.Read(csv);
        Assert.Equal(4, table["b"].Count);
        Assert.Equal(Frequency.Hourly, table["c"].Index.Frequency);
    }
}
