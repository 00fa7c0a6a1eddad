namespace SsdForecast.Data.Tests;

public class LayoutTests
{
    private const string LongText = "unique_id,ds,y,price,region\nb,2020-01-01,1,10,3\nb,2020-01-02,2,11,3\na,2020-01-01,5,12,4\na,2020-01-02,6,13,4\n";

    [Fact]
    public void A_long_file_is_cut_into_its_series_in_order_of_appearance()
    {
        var table = Text.Read(LongText);
        Assert.Equal(CsvLayout.Long, table.Report.Layout);
        Assert.Equal(["b", "a"], table.Series.Select(s => s.Id));
        Assert.Equal([5.0, 6], table["a"].Values);
        Assert.Equal(Frequency.Daily, table.Frequency);
        Assert.Contains(table.Report.Warnings, w => w.Contains("not used: 'price', 'region'", StringComparison.Ordinal));
    }

    [Fact]
    public void Covariates_and_statics_of_a_long_file_come_by_name_and_in_the_order_of_the_schema()
    {
        var table = Text.Read(LongText, new CsvSchema { KnownCovariates = ["price"], StaticCovariates = ["region"] });
        Assert.Equal(["price"], table.CovariateNames);
        Assert.Equal([10.0, 11], table["b"].Covariates["price"]);
        Assert.Equal(4, table["a"].Statics["region"]);
    }

    [Fact]
    public void Every_column_of_a_long_file_can_be_renamed()
    {
        var schema = new CsvSchema { IdColumn = "shop", TimeColumn = "when", TargetColumns = ["sold"], PastCovariates = ["p"] };
        var table = Text.Read("when,p,sold,shop\n2020-01-01,1,7,x\n2020-01-02,2,8,x\n", schema);
        Assert.Equal([7.0, 8], table["x"].Values);
        Assert.Equal([1.0, 2], table["x"].Covariates["p"]);
    }

    [Fact]
    public void Two_targets_of_a_long_file_make_two_series_a_name()
    {
        var table = Text.Read("id,ds,u,v\na,2020-01-01,1,2\na,2020-01-02,3,4\n", new CsvSchema { IdColumn = "id", TargetColumns = ["v", "u"] });
        Assert.Equal(["a/v", "a/u"], table.Series.Select(s => s.Id));
        Assert.Equal([2.0, 4], table["a/v"].Values);
    }

    [Fact]
    public void A_text_column_names_the_series_where_times_repeat()
    {
        var table = Text.Read("date,city,temp\n2020-01-01,Oslo,1\n2020-01-01,Rome,9\n2020-01-02,Oslo,2\n2020-01-02,Rome,8\n");
        Assert.Equal(["Oslo", "Rome"], table.Series.Select(s => s.Id));
    }

    [Fact]
    public void A_column_called_id_that_counts_rows_names_no_series()
    {
        var table = Text.Read("id,date,value\n1,2020-01-01,5\n2,2020-01-02,6\n3,2020-01-03,7\n", new CsvSchema { TargetColumns = ["value"] });
        Assert.Equal("value", Assert.Single(table.Series).Id);
    }

    [Fact]
    public void Each_numeric_column_of_a_wide_file_is_a_series()
    {
        var table = Text.Read("date,a,note,b\n2020-01-01,1,x,2\n2020-01-02,3,y,4\n");
        Assert.Equal(CsvLayout.WideColumns, table.Report.Layout);
        Assert.Equal(["a", "b"], table.Series.Select(s => s.Id));
        Assert.Contains(table.Report.Warnings, w => w.Contains("'note'", StringComparison.Ordinal));
    }

    [Fact]
    public void A_wide_file_with_a_target_and_covariates_is_one_series()
    {
        var schema = new CsvSchema { TargetColumns = ["OT"], KnownCovariates = [" Grid load forecast", "Wind power forecast"] };
        var table = Text.Read("date, Grid load forecast, Wind power forecast,OT\n2013/1/1 0:00,1,2,3\n2013/1/1 1:00,4,5,6\n", schema);
        var series = Assert.Single(table.Series);
        Assert.Equal("OT", series.Id);
        Assert.Equal(["Grid load forecast", "Wind power forecast"], table.CovariateNames);
        Assert.Equal([2.0, 5], series.Covariates["Wind power forecast"]);
    }

    [Fact]
    public void Rows_at_the_end_with_only_known_covariates_are_the_future()
    {
        var table = Text.Read("ds,y,k\n2020-01-01,1,5\n2020-01-02,2,6\n2020-01-03,,7\n2020-01-04,,8\n", new CsvSchema { TargetColumns = ["y"], KnownCovariates = ["k"] });
        var series = table["y"];
        Assert.Equal(4, series.Count);
        Assert.Equal(1, series.LastObserved);
        Assert.Equal([5.0, 6, 7, 8], series.Covariates["k"]);
    }

    [Fact]
    public void One_row_a_series_may_end_early_and_miss_values_inside()
    {
        var table = Text.Read("\"V1\",\"V2\",\"V3\",\"V4\"\n\"H1\",\"1\",\"2\",\"3\"\n\"H2\",\"4\",,\"6\"\n\"H3\",\"7\",\"8\",\n\"H4\",9\n");
        Assert.Equal(CsvLayout.WideRows, table.Report.Layout);
        Assert.Equal([3, 3, 2, 1], table.Series.Select(s => s.Count));
        Assert.True(double.IsNaN(table["H2"].Values[1]));
        Assert.False(table["H1"].Index.HasTimestamps);
        Assert.Equal(1, table.Report.MissingValues);
    }

    [Fact]
    public void A_file_without_times_is_numbered()
    {
        var table = Text.Read("a,b\n1,2\n3,4\n5,6\n");
        Assert.Equal(Frequency.Ordinal, table.Frequency);
        Assert.Equal([2.0, 4, 6], table["b"].Values);
    }

    [Fact]
    public void A_file_without_header_has_columns_V1_V2_and_so_on()
    {
        var table = Text.Read("2020-01-01,5\n2020-01-02,6\n", new CsvSchema { HasHeader = false });
        Assert.Equal([5.0, 6], table["V2"].Values);
        var error = Text.Refused<SchemaException>("2020-01-01,5\n2020-01-02,6\n");
        Assert.Contains("--no-header", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Row_names_that_R_writes_are_no_series()
    {
        var table = Text.Read("\"\",\"ds\",\"y\"\n\"1\",\"2020-01-01\",5\n\"2\",\"2020-01-02\",6\n");
        Assert.Equal("y", Assert.Single(table.Series).Id);
    }

    [Theory]
    [InlineData(';')]
    [InlineData('\t')]
    [InlineData('|')]
    [InlineData(',')]
    public void The_delimiter_is_found_and_reported(char delimiter)
    {
        var table = Text.Read("ds,y\n2020-01-01,1\n2020-01-02,2\n".Replace(',', delimiter));
        Assert.Equal(delimiter, table.Report.Delimiter);
        Assert.Contains(table.Report.Detected, l => l.StartsWith("delimiter:", StringComparison.Ordinal));
        Assert.Equal([1.0, 2], table["y"].Values);
    }

    [Fact]
    public void Decimal_commas_are_read_when_told_and_never_guessed()
    {
        const string Csv = "ds;y\n2020-01-01;1,5\n2020-01-02;2,25\n";
        Assert.Equal([1.5, 2.25], Text.Read(Csv, new CsvSchema { DecimalSeparator = ',' })["y"].Values);
        var error = Text.Refused<BadValueException>(Csv, new CsvSchema { TargetColumns = ["y"] });
        Assert.Contains("--decimal", error.Message, StringComparison.Ordinal);
        Assert.Equal("1,5", error.RawText);
    }

    [Fact]
    public void Line_ends_byte_order_marks_and_a_missing_last_line_end_do_not_matter()
    {
        var plain = Text.Read("ds,y\n2020-01-01,1\n2020-01-02,2");
        var windows = Text.Read("\uFEFFds,y\r\n2020-01-01,1\r\n\r\n2020-01-02,2\r\n");
        Assert.Equal(plain["y"].Values, windows["y"].Values);
        Assert.Equal(plain["y"].Index[0], windows["y"].Index[0]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("NA")]
    [InlineData("nan")]
    [InlineData("NULL")]
    [InlineData("None")]
    [InlineData("?")]
    [InlineData(" ")]
    [InlineData("\"\"")]
    public void Missing_text_is_missing(string text)
    {
        var table = Text.Read($"ds,y\n2020-01-01,1\n2020-01-02,{text}\n2020-01-03,3\n");
        Assert.True(double.IsNaN(table["y"].Values[1]));
        Assert.Equal(1, table.Report.MissingValues);
    }

    [Fact]
    public void Missing_text_can_be_told()
    {
        var table = Text.Read("ds,y\n2020-01-01,1\n2020-01-02,-999\n", new CsvSchema { MissingText = ["-999"] });
        Assert.True(double.IsNaN(table["y"].Values[1]));
    }

    [Fact]
    public void Cells_may_be_quoted_spaced_and_in_exponents()
    {
        var table = Text.Read("\"ds\" , \"y\"\n\"2020-01-01\",\" 1.5e3 \"\n 2020-01-02 , -2E-2 \n");
        Assert.Equal([1500, -0.02], table["y"].Values);
    }

    [Fact]
    public void A_constant_series_is_read_with_a_warning()
    {
        var table = Text.Read(Text.Hourly(10, _ => "4"));
        Assert.Contains(table.Report.Warnings, w => w.Contains("constant", StringComparison.Ordinal));
        Assert.Equal(new Scaler(4, 1), Scaler.Fit(table["y"].Values));
    }

    [Fact]
    public void A_series_without_values_among_others_is_left_out_and_named()
    {
        var table = Text.Read("id,ds,y\na,2020-01-01,1\na,2020-01-02,2\nb,2020-01-01,\nb,2020-01-02,\n");
        Assert.Equal("a", Assert.Single(table.Series).Id);
        Assert.Contains(table.Report.Warnings, w => w.Contains("left out: 'b'", StringComparison.Ordinal));
    }

    [Fact]
    public void Everything_detected_is_a_line_of_the_report()
    {
        var lines = Text.Read(LongText).Report.Lines;
        foreach (var start in new[] { "delimiter:", "layout:", "time:", "target:", "time format:", "frequency:", "series:", "warning:" })
            Assert.Contains(lines, l => l.StartsWith(start, StringComparison.Ordinal));
    }

    [Fact]
    public void The_schema_of_the_report_reads_another_file_of_the_same_form()
    {
        var schema = Text.Read(LongText, new CsvSchema { KnownCovariates = ["price"] }).Report.Schema!;
        Assert.Equal((CsvLayout.Long, "unique_id", "ds"), (schema.Layout, schema.IdColumn, schema.TimeColumn));
        Assert.Equal(["y"], schema.TargetColumns);
        Assert.Equal([3.0, 4], Text.Read("unique_id,ds,y,price\nq,2020-01-01,3,1\nq,2020-01-02,4,1\n", schema)["q"].Values);
    }
}
