namespace SsdForecast.Data.Tests;

public class SeriesTests
{
    private const double NaN = double.NaN;

    private static Series Make(string id = "a") => new(
        id,
        TimeIndex.Ordinal(5),
        [NaN, 1, NaN, 3, NaN],
        new Dictionary<string, double[]> { ["k"] = [0, 1, 2, 3, 4] },
        new Dictionary<string, double> { ["s"] = 9 });

    [Fact]
    public void First_last_and_number_of_observed_rows()
    {
        var series = Make();
        Assert.Equal((1, 3, 2), (series.FirstObserved, series.LastObserved, series.ObservedCount));
        var none = new Series("n", TimeIndex.Ordinal(2), [NaN, NaN]);
        Assert.Equal((-1, -1, 0), (none.FirstObserved, none.LastObserved, none.ObservedCount));
    }

    [Fact]
    public void A_slice_has_the_values_and_covariates_of_its_rows()
    {
        var slice = Make().Slice(1, 3);
        Assert.Equal([1, NaN, 3], slice.Values);
        Assert.Equal([1.0, 2, 3], slice.Covariates["k"]);
        Assert.Equal(9, slice.Statics["s"]);
        Assert.Equal(3, slice.Index.Count);
    }

    [Fact]
    public void Lengths_ids_and_infinities_are_checked()
    {
        Assert.Throws<ArgumentException>(() => new Series("a", TimeIndex.Ordinal(2), [1]));
        Assert.Throws<ArgumentException>(() => new Series("", TimeIndex.Ordinal(1), [1]));
        Assert.Throws<ArgumentException>(() => new Series("a", TimeIndex.Ordinal(1), [double.PositiveInfinity]));
        Assert.Throws<ArgumentException>(() => new Series("a", TimeIndex.Ordinal(1), [1], new Dictionary<string, double[]> { ["k"] = [1, 2] }));
    }

    [Fact]
    public void A_table_finds_series_by_name_and_names_the_nearest()
    {
        var table = new SeriesTable([Make("alpha"), Make("beta")]);
        Assert.Equal("beta", table["beta"].Id);
        Assert.Contains("'alpha'", Assert.Throws<KeyNotFoundException>(() => table["alpa"]).Message, StringComparison.Ordinal);
        Assert.Equal("There is no series 'gamma' among 2.", Assert.Throws<KeyNotFoundException>(() => table["gamma"]).Message);
        Assert.Equal(["k"], table.CovariateNames);
    }

    [Fact]
    public void Names_twice_and_differing_columns_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new SeriesTable([Make(), Make()]));
        Assert.Throws<ArgumentException>(() => new SeriesTable([Make(), new Series("b", TimeIndex.Ordinal(1), [1])]));
        Assert.Throws<ArgumentException>(() => new SeriesTable([]));
    }
}
