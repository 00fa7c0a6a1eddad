namespace SsdForecast.Data.Tests;

public class TimeFormatTests
{
    [Theory]
    [InlineData("2020-01-31 13:00:00", "2020-01-31 14:00:00")]
    [InlineData("2020-01-31 13:00", "2020-01-31 14:00")]
    [InlineData("2020/1/31 13:00", "2020/1/31 14:00")]
    [InlineData("2020-01-31T13:00:00", "2020-01-31T14:00:00")]
    [InlineData("2020-01-31T13:00:00Z", "2020-01-31T14:00:00Z")]
    [InlineData("2020-01-31T13:00:00.000Z", "2020-01-31T14:00:00.000Z")]
    [InlineData("2020-01-31T15:00:00+02:00", "2020-01-31T16:00:00+02:00")]
    [InlineData("2020-01-31T08:30:00-0430", "2020-01-31T09:30:00-0430")]
    [InlineData("2020-01-31 13:00:00 UTC", "2020-01-31 14:00:00 UTC")]
    [InlineData("31/1/2020 13:00", "31/1/2020 14:00")]
    [InlineData("1/31/2020 1:00 PM", "1/31/2020 2:00 PM")]
    [InlineData("31.01.2020 13:00", "31.01.2020 14:00")]
    [InlineData("1580475600", "1580479200")]
    [InlineData("1580475600000", "1580479200000")]
    [InlineData("1580475600.0", "1580479200.0")]
    public void Forms_of_times_are_recognised(string first, string second)
    {
        var index = Text.Read($"time,y\n{first},1\n{second},2\n")["y"].Index;
        Assert.Equal(new DateTime(2020, 1, 31, 13, 0, 0), index[0]);
        Assert.Equal(Frequency.Hourly, index.Frequency);
    }

    [Theory]
    [InlineData("2020-02-28", "2020-02-29", "D")]
    [InlineData("20200228", "20200229", "D")]
    [InlineData("2020-02", "2020-03", "MS")]
    [InlineData("2020Q1", "2020Q2", "QS")]
    [InlineData("2020-Q1", "2020-Q2", "QS")]
    [InlineData("2019", "2020", "YS")]
    public void Dates_alone_are_recognised(string first, string second, string frequency)
    {
        var index = Text.Read($"date,y\n{first},1\n{second},2\n")["y"].Index;
        Assert.Equal(Frequency.Parse(frequency), index.Frequency);
    }

    [Fact]
    public void A_later_row_decides_between_day_first_and_month_first()
    {
        var days = string.Concat(Enumerable.Range(0, 20).Select(i => $"{new DateTime(2020, 2, 1).AddDays(i):d/M/yyyy},{i}\n"));
        Assert.Equal(new DateTime(2020, 2, 1), Text.Read("date,y\n" + days)["y"].Index[0]);
        var months = string.Concat(Enumerable.Range(0, 20).Select(i => $"{new DateTime(2020, 2, 1).AddDays(i):M/d/yyyy},{i}\n"));
        Assert.Equal(new DateTime(2020, 2, 1), Text.Read("date,y\n" + months)["y"].Index[0]);
    }

    [Fact]
    public void Dates_that_nothing_decides_are_refused_with_the_way_out()
    {
        const string Csv = "date,y\n1/2/2020,1\n2/2/2020,2\n3/2/2020,3\n";
        var error = Text.Refused<BadTimeException>(Csv);
        Assert.StartsWith("data.csv:2, column 'date': '1/2/2020' may be day first or month first", error.Message, StringComparison.Ordinal);
        Assert.Contains("--time-format", error.Message, StringComparison.Ordinal);
        Assert.Equal(Frequency.Daily, Text.Read(Csv, new CsvSchema { TimeFormat = "d/M/yyyy" }).Frequency);
        Assert.Equal(Frequency.Monthly, Text.Read(Csv, new CsvSchema { TimeFormat = "M/d/yyyy" }).Frequency);
    }

    [Theory]
    [InlineData("day_first", "D")]
    [InlineData("Month_First", "MS")]
    public void The_order_of_day_and_month_can_be_told_alone(string order, string frequency)
    {
        var schema = new CsvSchema { TimeFormat = order };
        var table = Text.Read("date,y\n1/2/2020,1\n2/2/2020,2\n3/2/2020,3\n", schema);
        Assert.Equal(Frequency.Parse(frequency), table.Frequency);
        Assert.Contains(table.Report.Detected, l => l.Contains("first, as", StringComparison.Ordinal) && l.EndsWith("(told)", StringComparison.Ordinal));
        // It says nothing of dates that can be read in one way only.
        var other = Text.Read("date,y\n2020-01-31,1\n2020-02-01,2\n", schema);
        Assert.Equal(new DateTime(2020, 1, 31), other["y"].Index[0]);
        Assert.DoesNotContain(other.Report.Detected, l => l.EndsWith("(told)", StringComparison.Ordinal));
    }

    [Fact]
    public void Dates_of_the_other_order_than_told_are_an_error_at_their_place()
        => Assert.Equal(3, Text.Refused<BadTimeException>("date,y\n1/2/2020,1\n25/2/2020,2\n", new CsvSchema { TimeFormat = "month_first" }).Line);

    [Fact]
    public void The_order_that_a_file_shows_is_in_its_schema()
    {
        Assert.Equal("day_first", Text.Read("date,y\n30/1/2020,1\n31/1/2020,2\n1/2/2020,3\n").Report.Schema!.TimeFormat);
        Assert.Equal("month_first", Text.Read("date,y\n1/30/2020,1\n1/31/2020,2\n2/1/2020,3\n").Report.Schema!.TimeFormat);
        Assert.Null(Text.Read("date,y\n2020-01-31,1\n2020-02-01,2\n").Report.Schema!.TimeFormat);
    }

    [Fact]
    public void Cells_that_come_one_at_a_time_take_the_order_of_the_schema()
    {
        Assert.Equal(new DateTime(2020, 2, 1), new CellReader(new CsvSchema { TimeFormat = "day_first" }).Time("1/2/2020"));
        Assert.Equal(new DateTime(2020, 1, 2), new CellReader(new CsvSchema { TimeFormat = "month_first" }).Time("1/2/2020"));
        Assert.Equal(new DateTime(2020, 1, 31), new CellReader(new CsvSchema { TimeFormat = "month_first" }).Time("2020-01-31"));
        Assert.Contains("day_first", Assert.Throws<FormatException>(() => new CellReader().Time("1/2/2020")).Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => new CellReader(new CsvSchema { TimeFormat = "month_first" }).Time("31/1/2020"));
    }

    [Theory]
    [InlineData("31-Jan-2020 13h", "31-Jan-2020 14h", "dd-MMM-yyyy HH'h'")]
    [InlineData("1580475600", "1580479200", "unix_s")]
    [InlineData("1580475600000", "1580479200000", "unix_ms")]
    public void A_format_can_be_told(string first, string second, string format)
    {
        var table = Text.Read($"t,y\n{first},1\n{second},2\n", new CsvSchema { TimeColumn = "t", TimeFormat = format });
        Assert.Equal(new DateTime(2020, 1, 31, 13, 0, 0), table["y"].Index[0]);
        Assert.Contains(table.Report.Detected, l => l.Contains("(told)", StringComparison.Ordinal));
    }

    [Fact]
    public void A_pattern_of_another_language_is_refused() =>
        Assert.Contains(".NET date pattern", Text.Refused<SchemaException>("ds,y\n2020-01-01,1\n2020-01-02,2\n", new CsvSchema { TimeFormat = "%Y-%m-%d" }).Message, StringComparison.Ordinal);

    [Fact]
    public void Row_numbers_make_an_ordinal_index()
    {
        var table = Text.Read("unique_id,ds,y\na,1,5\na,2,6\na,4,8\nb,7,1\nb,8,2\n");
        Assert.False(table["a"].Index.HasTimestamps);
        Assert.Equal([5, 6, double.NaN, 8], table["a"].Values);
        Assert.Equal(2, table["b"].Count);
    }

    [Fact]
    public void An_ordinal_frequency_ignores_times()
    {
        var table = Text.Read("time,y\nsoon,1\nlater,2\n", new CsvSchema { TimeColumn = "time", Frequency = Frequency.Ordinal });
        Assert.Equal(Frequency.Ordinal, table.Frequency);
        Assert.Equal([1.0, 2], table["y"].Values);
    }

    [Fact]
    public void Offsets_must_be_given_for_all_or_none()
    {
        var error = Text.Refused<BadTimeException>("ds,y\n2020-01-01T00:00Z,1\n2020-01-01T01:00,2\n");
        Assert.Equal(3, error.Line);
    }

    [Fact]
    public void The_only_column_of_times_is_found_whatever_its_name()
    {
        var table = Text.Read("Zeitpunkt,wert\n2020-01-01,1\n2020-01-02,2\n");
        Assert.Equal(["wert"], table.Series.Select(s => s.Id));
        Assert.Contains(table.Report.Detected, l => l == "time: column 'Zeitpunkt'");
    }

    [Fact]
    public void Two_columns_of_times_must_be_told_apart()
    {
        const string Csv = "start,stop,y\n2020-01-01,2020-01-02,1\n2020-01-02,2020-01-03,2\n";
        Assert.Contains("--time-column", Text.Refused<SchemaException>(Csv).Message, StringComparison.Ordinal);
        Assert.Equal(new DateTime(2020, 1, 2), Text.Read(Csv, new CsvSchema { TimeColumn = "stop" })["y"].Index[0]);
    }

    [Fact]
    public void A_column_of_years_is_time()
    {
        var table = Text.Read("country,year,gdp\nA,1990,1\nA,1991,2\nB,1990,3\nB,1991,4\n");
        Assert.Equal(["A", "B"], table.Series.Select(s => s.Id));
        Assert.Equal(Frequency.Parse("YS"), table.Frequency);
    }

    [Fact]
    public void Dates_and_times_of_day_in_two_columns_must_be_joined() =>
        Assert.Contains("Join them", Text.Refused<SchemaException>("date,time,y\n2020-01-01,10:00,1\n2020-01-01,11:00 ,2\n2020-01-02,10:00,1\n2020-01-02,11:00,2\n").Message, StringComparison.Ordinal);
}
