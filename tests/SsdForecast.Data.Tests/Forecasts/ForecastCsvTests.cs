using FsCheck;
using FsCheck.Fluent;

namespace SsdForecast.Data.Tests;

public class ForecastCsvTests
{
    private static readonly double[] Levels = [0.05, 0.5, 0.95];

    [Fact]
    public void Forecasts_written_and_read_are_the_same()
    {
        var items =
            from id in Gen.Elements("a", "b, c", "\"d\"", "e\nf")
            from origin in Gen.Choose(0, 100000)
            from clock in Gen.Elements(true, false)
            from horizon in Gen.Choose(1, 5)
            from numbers in Gen.ArrayOf(ArbMap.Default.GeneratorFor<NormalFloat>(), 4 * horizon)
            select Make(id, origin, clock, horizon, [.. numbers.Select(n => n.Get)]);
        Prop.ForAll(items.ToArbitrary(), item =>
        {
            using var file = new TemporaryFile(".csv");
            ForecastCsv.Write(file.Path, [item]);
            var read = Assert.Single(ForecastCsv.Read(file.Path));
            Assert.Equal(item.Forecast.SeriesId, read.Forecast.SeriesId);
            Assert.Equal(item.Forecast.Origin, read.Forecast.Origin);
            Assert.Equal(item.Forecast.Times, read.Forecast.Times);
            Assert.Equal(item.Forecast.Levels, read.Forecast.Levels);
            Assert.Equal(item.Forecast.Values.Cast<double>(), read.Forecast.Values.Cast<double>());
            Assert.Equal(item.Actual, read.Actual);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));
    }

    [Fact]
    public void The_columns_are_as_documented()
    {
        using var file = new TemporaryFile(".csv");
        var forecast = new Forecast("a", 9, [new DateTime(2020, 1, 1), new DateTime(2020, 1, 1, 0, 30, 0)], Levels, new double[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        ForecastCsv.Write(file.Path, [forecast]);
        Assert.Equal(["unique_id,origin,ds,lead,y,median,q0.05,q0.5,q0.95", "a,9,2020-01-01,1,,2,1,2,3", "a,9,2020-01-01 00:30:00,2,,5,4,5,6"], File.ReadAllLines(file.Path));
    }

    [Fact]
    public void Nothing_and_differing_levels_are_refused_and_leave_no_file()
    {
        using var file = new TemporaryFile(".csv");
        Assert.Throws<ArgumentException>(() => ForecastCsv.Write(file.Path, Array.Empty<Forecast>()));
        Assert.Throws<ArgumentException>(() => ForecastCsv.Write(file.Path, [Make("a", 0, false, 1, [1, 2, 3, 4]).Forecast, new Forecast("a", 1, [], [0.5], new double[1, 1])]));
        Assert.Empty(Directory.GetFiles(file.Folder));
    }

    [Theory]
    [InlineData("unique_id,origin,ds,lead,y\na,1,,1,\n", "median|q0.5|quantile")]
    [InlineData("unique_id,origin,ds,lead,y,q0.5\na,x,,1,,2\n", "'x' is not a whole number")]
    [InlineData("unique_id,origin,ds,lead,y,q0.5\na,1,,1,,two\n", "'two' is not a number")]
    [InlineData("unique_id,origin,ds,lead,y,q0.5\na,1,,2,,2\n", "lead time 1")]
    [InlineData("unique_id,origin,ds,lead,y,q0.5\n", "no forecasts")]
    [InlineData("unique_id,ds,lead,y,q0.5\na,,1,,2\n", "'origin'")]
    public void Other_files_are_refused(string csv, string says)
    {
        using var file = new TemporaryFile(".csv");
        File.WriteAllText(file.Path, csv);
        var error = Assert.ThrowsAny<DataException>(() => ForecastCsv.Read(file.Path));
        Assert.Matches(says, error.Message);
        Text.OneLine(error);
    }

    private static ForecastVersusActual Make(string id, int origin, bool clock, int horizon, double[] numbers)
    {
        var values = new double[horizon, 3];
        for (var h = 0; h < horizon; h++)
            for (var q = 0; q < 3; q++) values[h, q] = numbers[(3 * h) + q];
        DateTime[] times = clock ? [.. Enumerable.Range(1, horizon).Select(h => new DateTime(2020, 1, 1).AddMinutes(7 * h))] : [];
        return new ForecastVersusActual(new Forecast(id, origin, times, Levels, values), [.. numbers[(3 * horizon)..].Select((v, i) => i == 0 ? double.NaN : v)]);
    }
}
