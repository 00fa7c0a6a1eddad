using Microsoft.Data.Analysis;

namespace SsdForecast.Data.Tests;

/// <summary>Compiled where Microsoft.Data.Analysis restores (TorchBackend=nuget).</summary>
public class DataFrameExtensionsTests
{
    [Theory]
    [InlineData("taylor")]
    [InlineData("co2")]
    [InlineData("faithful")]
    public void Series_come_back_from_a_frame_as_they_went(string name)
    {
        var table = SeriesCsv.Read(Catalogue.Shipped().FileOf(name));
        var back = table.ToDataFrame().ToSeriesTable();
        Assert.Equal(table.Frequency, back.Frequency);
        Assert.Equal(table["y"].Values, back["y"].Values);
        Assert.Equal(table["y"].Index.ToArray(), back["y"].Index.ToArray());
    }

    [Fact]
    public void Missing_values_are_null_and_covariates_come_along()
    {
        var series = new Series(
            "a, b",
            TimeIndex.Regular(new DateTime(2020, 1, 1), Frequency.Hourly, 4),
            [1, double.NaN, 3, 1.0 / 3],
            new Dictionary<string, double[]> { ["k"] = [1, 2, double.NaN, 4] },
            new Dictionary<string, double> { ["s"] = 2 });
        var frame = new SeriesTable([series]).ToDataFrame();
        Assert.Equal(1, frame["y"].NullCount);
        var back = frame.ToSeriesTable(new CsvSchema { KnownCovariates = ["k"], StaticCovariates = ["s"] })["a, b"];
        Assert.Equal(series.Values, back.Values);
        Assert.Equal(series.Covariates["k"], back.Covariates["k"]);
        Assert.Equal(2, back.Statics["s"]);
    }

    [Fact]
    public void Several_series_of_different_lengths_come_back_in_their_order()
    {
        Series Of(string id, int count) => new(id, TimeIndex.Regular(new DateTime(2020, 1, 1), Frequency.Daily, count), [.. Enumerable.Range(0, count).Select(i => i / 7.0)]);
        var frame = new SeriesTable([Of("b", 5), Of("a", 3)]).ToDataFrame();
        Assert.Equal(8, frame.Rows.Count);
        Assert.Equal(["unique_id", "ds", "y"], frame.Columns.Select(c => c.Name));
        var back = frame.ToSeriesTable();
        Assert.Equal(["b", "a"], back.Series.Select(s => s.Id));
        Assert.Equal([0, 1 / 7.0, 2 / 7.0], back["a"].Values);
    }

    [Fact]
    public void A_frame_that_was_loaded_and_filtered_is_read()
    {
        var frame = DataFrame.LoadCsvFromString("ds,y\n2020-01-01,1.5\n2020-01-02,-9\n2020-01-03,2.5\n2020-01-04,3.5\n");
        var table = frame.Filter(frame["y"].ElementwiseGreaterThan(0)).ToSeriesTable();
        // The row that was filtered out is a gap, which is filled.
        Assert.Equal([1.5, double.NaN, 2.5, 3.5], table["y"].Values);
    }

    [Fact]
    public void A_wide_frame_of_mixed_columns_is_read()
    {
        var frame = new DataFrame(
            new DateTimeDataFrameColumn("date", [new(2020, 1, 1), new(2020, 1, 2), new(2020, 1, 3)]),
            new Int32DataFrameColumn("i", [1, 2, 3]),
            new SingleDataFrameColumn("f", [1.5f, 2, float.NaN]),
            new BooleanDataFrameColumn("b", [true, false, true]));
        var table = frame.ToSeriesTable();
        Assert.Equal(["i", "f", "b"], table.Series.Select(s => s.Id));
        Assert.Equal([1.5, 2, double.NaN], table["f"].Values);
        Assert.Equal([1.0, 0, 1], table["b"].Values);
    }

    [Fact]
    public void A_bad_cell_is_named_by_its_row()
    {
        var frame = new DataFrame(new StringDataFrameColumn("ds", ["2020-01-01", "2020-01-02", "x"]), new Int32DataFrameColumn("y", [1, 2, 3]));
        Assert.Equal(4, Assert.Throws<BadTimeException>(() => frame.ToSeriesTable()).Line);
    }
}
