namespace SsdForecast.Data.Tests;

public class SeasonalNaiveTests
{
    private static Series Make(params double[] values) => new("s", TimeIndex.Regular(new DateTime(2020, 1, 1), Frequency.Daily, values.Length), values);

    [Fact]
    public void The_last_season_is_carried_forward()
    {
        var forecast = SeasonalNaive.Predict(Make(1, 2, 3, 4, 5, 6), origin: 5, horizon: 7, season: 3, levels: []);
        Assert.Equal([4.0, 5, 6, 4, 5, 6, 4], forecast.Median);
        Assert.Equal([0.5], forecast.Levels);
        Assert.Equal(new DateTime(2020, 1, 7), forecast.Times[0]);
        Assert.Equal(5, forecast.Origin);
    }

    [Fact]
    public void Nothing_after_the_origin_is_used()
    {
        var known = SeasonalNaive.Predict(Make(1, 2, 3, 4), 3, 3, 2, [0.1, 0.9]);
        var hidden = SeasonalNaive.Predict(Make(1, 2, 3, 4, 900, -900, 7), 3, 3, 2, [0.1, 0.9]);
        Assert.Equal(known.Values.Cast<double>(), hidden.Values.Cast<double>());
    }

    [Fact]
    public void Quantiles_are_those_of_training_differences_over_as_many_seasons()
    {
        double[] values = [0, 10, 1, 12, 3, 15, 7, 19];
        var forecast = SeasonalNaive.Predict(Make(values), 7, 3, 2, [0.25, 0.5, 0.75]);
        double[] one = [1, 2, 2, 3, 4, 4], two = [3, 5, 6, 7];
        for (var q = 0; q < 3; q++)
        {
            Assert.Equal(7 + Quantiles.OfSorted(one, forecast.Levels[q]), forecast.Values[0, q], 12);
            Assert.Equal(7 + Quantiles.OfSorted(two, forecast.Levels[q]), forecast.Values[2, q], 12);
        }
    }

    [Fact]
    public void A_missing_value_is_taken_from_the_season_before_or_else_from_the_last_value()
    {
        const double NaN = double.NaN;
        Assert.Equal([5.0, 2], SeasonalNaive.Predict(Make(1, 2, 4, NaN, 5, NaN), 5, 2, 2, []).Median);
        Assert.Equal([7.0, 7], SeasonalNaive.Predict(Make(NaN, 7), 1, 2, 9, []).Median);
        Assert.All(SeasonalNaive.Predict(Make(NaN, NaN, 5), 1, 2, 1, []).Median, v => Assert.True(double.IsNaN(v)));
    }

    [Fact]
    public void A_history_of_one_season_still_forecasts()
    {
        var forecast = SeasonalNaive.Predict(Make(1, 2, 3), 2, 4, 3, [0.1, 0.5, 0.9]);
        Assert.Equal([1.0, 2, 3, 1], forecast.Median);
        Assert.Equal(1, forecast.Values[0, 0]);
    }

    [Fact]
    public void The_season_that_errs_least_is_chosen()
    {
        var random = new Random(3);
        double[] week = [5, 6, 7, 6, 5, 1, 0];
        var values = Enumerable.Range(0, 140).Select(i => week[i % 7] + (0.1 * random.NextDouble())).ToArray();
        Assert.Equal(7, SeasonalNaive.ChooseSeason(values, [1, 7, 5]));
        Assert.Equal(7, SeasonalNaive.ChooseSeason(Make(values), 100));
        Assert.Equal(7, SeasonalNaive.ChooseSeason([Make(values), new Series("t", Make(values).Index, values)], s => s.Count));
        Assert.Equal(1, SeasonalNaive.ChooseSeason([1, 2, 3], [7]));
    }

    [Fact]
    public void A_random_walk_has_no_season()
    {
        var random = new Random(5);
        double level = 0;
        var walk = Enumerable.Range(0, 400).Select(_ => level += random.NextDouble() - 0.5).ToArray();
        Assert.Equal(1, SeasonalNaive.ChooseSeason(walk, [1, 7]));
        Assert.Equal(1, SeasonalNaive.ChooseSeason(new Series("w", TimeIndex.Ordinal(400), walk), 400));
    }

    [Fact]
    public void A_season_is_found_without_a_clock()
    {
        var random = new Random(4);
        var values = Enumerable.Range(0, 700)
            .Select(i => 100 + (0.01 * i) + (20 * Math.Sin(2 * Math.PI * i / 24)) + (i / 24 % 7 >= 5 ? -15 : 0) + random.NextDouble())
            .ToArray();
        values[33] = double.NaN;
        Assert.Equal([24, 168], SeasonDetector.Candidates(values));
        Assert.Equal(168, SeasonalNaive.ChooseSeason(new Series("o", TimeIndex.Ordinal(700), values), 700));
    }

    [Fact]
    public void Half_hourly_demand_has_a_weekly_season()
    {
        var table = SeriesCsv.Read(Catalogue.Shipped().FileOf("taylor"));
        var series = table.Series[0];
        Assert.Equal(336, SeasonalNaive.ChooseSeason(series, series.Count - 672));
    }

    [Theory]
    [InlineData(-1, 1, 1)]
    [InlineData(3, 1, 1)]
    [InlineData(0, 0, 1)]
    [InlineData(0, 1, 0)]
    public void Arguments_out_of_range_are_refused(int origin, int horizon, int season) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SeasonalNaive.Predict(Make(1, 2, 3), origin, horizon, season, [0.5]));

    [Fact]
    public void Levels_must_lie_inside_and_ascend()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SeasonalNaive.Predict(Make(1, 2), 1, 1, 1, [0.0, 0.5]));
        Assert.Throws<ArgumentException>(() => SeasonalNaive.Predict(Make(1, 2), 1, 1, 1, [0.5, 0.1]));
    }
}
