using SsdForecast.Cli.Serving;

namespace SsdForecast.Cli.Tests.Serving;

public class PrequentialScoreTests
{
    [Fact]
    public void A_value_is_judged_by_the_forecast_made_before_it()
    {
        var score = new PrequentialScore(season: 1);
        double[] values = [10, 12, 11, double.NaN, 15];
        double[] medians = [11, 12, 13, 14];
        for (var t = 0; t < values.Length; t++)
        {
            score.Judge("a", values[t]);
            if (t < medians.Length) Await(score, "a", medians[t]);
        }
        // Errors |12 − 11| and |11 − 12| beside naive |12 − 10| and |11 − 12|; 15 has no value before it to be naive by.
        Assert.Equal(2.0 / 3, score.Mase, 12);
        // 12 in 10…12, 11 in 11…13, 15 in 13…15.
        Assert.Equal(1, score.Coverage);
        Assert.Equal(0.8, score.Nominal, 12);
    }

    [Fact]
    public void Nothing_judged_is_no_score()
    {
        var score = new PrequentialScore(season: 24);
        score.Judge("a", 1);
        Assert.True(double.IsNaN(score.Mase));
        Assert.True(double.IsNaN(score.Coverage));
    }

    [Fact]
    public void A_flat_series_is_left_out_until_it_changes()
    {
        var score = new PrequentialScore(season: 1);
        foreach (var (id, values) in new[] { ("flat", new[] { 0.1, 0.1, 0.1, 0.1 }), ("rounded", [0.3, 0.1 * 3, 0.3, 0.1 * 3]) })
        {
            foreach (var value in values)
            {
                score.Judge(id, value);
                Await(score, id, value + 1);
            }
        }

        Assert.True(double.IsNaN(score.Mase));
        // Errors of 1 three times, then 1.1 − 0.3; naive errors of 0 three times, then 0.2.
        score.Judge("flat", 0.3);
        Assert.Equal((3 + 0.8) / 0.2, score.Mase, 9);
    }

    [Fact]
    public void The_memory_of_a_score_is_bounded()
    {
        var score = new PrequentialScore(season: 1);
        for (var i = 0; i < PrequentialScore.MostSeries + 5; i++)
        {
            var id = $"s{i}";
            score.Judge(id, 1);
            Await(score, id, 1);
            Assert.Equal(i < PrequentialScore.MostSeries, score.Knows(id));
        }
    }

    private static void Await(PrequentialScore score, string id, double median) => score.Await(id, [median - 1, median, median + 1], [0.1, 0.5, 0.9], 1);
}
