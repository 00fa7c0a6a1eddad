using FsCheck;
using FsCheck.Fluent;

namespace SsdForecast.Data.Tests;

public class RoundTripTests
{
    private static readonly string[] Frequencies = ["s", "5min", "30min", "h", "D", "W", "MS", "QS", "YS"];

    private static readonly Gen<double> Values = Gen.Frequency(
        (8, ArbMap.Default.GeneratorFor<NormalFloat>().Select(f => f.Get)),
        (1, Gen.Constant(double.NaN)),
        (1, Gen.Elements(0.1, 1e300, -1e-300, 1.0 / 3, 0.0)));

    private static readonly Gen<string> Names = ArbMap.Default.GeneratorFor<NonEmptyString>()
        .Select(s => new string([.. s.Get.Where(c => c != '\0' && !char.IsSurrogate(c) && c != '\uFEFF')]))
        .Where(s => s.Trim().Length > 0 && s.Trim().Length == s.Length);

    [Fact]
    public void A_table_written_and_read_is_the_same()
    {
        var tables =
            from kind in Gen.Choose(0, 2)
            from frequency in Gen.Elements(Frequencies)
            from ids in Gen.NonEmptyListOf(Names)
            from rows in Gen.Choose(6, 20)
            from series in Gen.CollectToList(ids.Distinct(StringComparer.Ordinal).Take(4), id => Series(id, Index(kind, frequency, rows)))
            select new SeriesTable([.. series]);

        Prop.ForAll(tables.ToArbitrary(), table =>
        {
            using var file = new TemporaryFile(".csv");
            SeriesCsv.WriteLong(table, file.Path);
            var schema = new CsvSchema { IdColumn = "unique_id", KnownCovariates = ["k"], StaticCovariates = ["s"], Frequency = table.Frequency, Spacing = table.Frequency is null ? Spacing.Irregular : Spacing.Auto };
            var read = SeriesCsv.Read(file.Path, schema);
            Assert.Equal(table.Series.Select(s => s.Id), read.Series.Select(s => s.Id));
            foreach (var (a, b) in table.Series.Zip(read.Series)) AssertSame(a, b);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));
    }

    [Theory]
    [InlineData(".csv")]
    [InlineData(".csv.gz")]
    public void What_was_read_without_flags_reads_back_without_flags(string ending)
    {
        using var file = new TemporaryFile(ending);
        var table = Text.Read(Text.Hourly(50, i => i is 7 or 8 ? "" : $"{i}.25"));
        SeriesCsv.WriteLong(table, file.Path);
        var read = SeriesCsv.Read(file.Path);
        Assert.Equal(Frequency.Hourly, read.Frequency);
        Assert.Equal(table["y"].Values, read["y"].Values);
        Assert.Single(Directory.GetFiles(file.Folder));
    }

    private static TimeIndex Index(int kind, string frequency, int rows)
    {
        var start = new DateTime(2019, 3, 31, 22, 30, 0);
        return kind switch
        {
            0 => TimeIndex.Regular(start, Frequency.Parse(frequency), rows),
            1 => TimeIndex.Irregular([.. Enumerable.Range(0, rows).Select(i => start.AddSeconds((i * i * 1.25) + i))]),
            _ => TimeIndex.Ordinal(rows),
        };
    }

    private static Gen<Series> Series(string id, TimeIndex index) =>
        from values in Gen.ArrayOf(Values, index.Count)
        from known in Gen.ArrayOf(Values, index.Count)
        from constant in Values
        let observed = values.Select((v, i) => i == 3 && double.IsNaN(v) ? 1 : v).ToArray()
        select new Series(id, index, observed, new Dictionary<string, double[]> { ["k"] = known }, new Dictionary<string, double> { ["s"] = constant });

    private static void AssertSame(Series a, Series b)
    {
        Assert.Equal(a.Values, b.Values);
        Assert.Equal(a.Covariates["k"], b.Covariates["k"]);
        Assert.Equal(a.Statics["s"], b.Statics["s"]);
        Assert.Equal(a.Index.Frequency, b.Index.Frequency);
        Assert.Equal(a.Count, b.Count);
        if (a.Index.HasTimestamps) Assert.Equal(a.Index.ToArray(), b.Index.ToArray());
    }
}
