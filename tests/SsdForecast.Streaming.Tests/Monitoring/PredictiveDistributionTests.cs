using FsCheck;
using FsCheck.Fluent;
using MathNet.Numerics.Distributions;

namespace SsdForecast.Streaming.Tests;

public class PredictiveDistributionTests
{
    private static readonly double[] Levels = [0.05, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 0.95];

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.2)]
    public void Quantiles_have_their_levels_and_the_tails_their_mean_excess(double shape)
    {
        double[] quantiles = [-2, -1, 0, 0.5, 1, 2, 3, 5, 7];
        var d = new PredictiveDistribution(Levels, quantiles, 0.5, 2, shape);
        for (var i = 0; i < Levels.Length; i++) Assert.Equal(Levels[i], d.Tails(quantiles[i]).AtMost, 12);
        // The mean of what lies beyond is the area under the tail over its probability.
        double above = 0, below = 0;
        const double H = 1e-2;
        for (var e = H / 2; e < 4000; e += H)
        {
            above += H * d.Tails(7 + e).AtLeast / 0.05;
            below += H * d.Tails(-2 - e).AtMost / 0.05;
        }

        Assert.Equal(2, above, 2);
        Assert.Equal(0.5, below, 2);
    }

    [Fact]
    public void Probability_never_falls_and_both_tails_add_to_one() => Prop.ForAll<int>(IsDistribution).QuickCheckThrowOnFailure();

    private static bool IsDistribution(int seed)
    {
        var random = new Random(seed);
        // Whole numbers, so that some quantiles coincide.
        double[] quantiles = [.. Levels.Select(_ => (double)random.Next(6)).Order()];
        var d = new PredictiveDistribution(Levels, quantiles, 1, 1, 0.2);
        var last = 0.0;
        for (var y = -3.0; y < 9; y += 0.01)
        {
            var (atMost, atLeast) = d.Tails(y);
            if (atMost < last - 1e-12 || Math.Abs(atMost + atLeast - 1) > 1e-12 || d.PValue(y) is not (> 0 and <= 1)) return false;
            last = atMost;
        }

        return true;
    }

    [Fact]
    public void Many_equal_quantiles_stand_for_the_middle_of_their_levels()
        => Assert.Equal(0.5, new PredictiveDistribution(Levels, new double[9], 1, 1, 0).Tails(0).AtMost, 12);

    [Fact]
    public void The_unit_of_a_tail_is_that_of_an_exponential_one_through_median_and_edge()
    {
        // Quantiles of a Laplace distribution of scale 3: both tails are exponential with that mean excess.
        double[] quantiles = [.. Levels.Select(p => p < 0.5 ? 3 * Math.Log(2 * p) : -3 * Math.Log(2 - (2 * p)))];
        foreach (var upper in (bool[])[false, true]) Assert.Equal(3, PredictiveDistribution.TailUnit(Levels, quantiles, upper, 1), 12);
        // Neighbours that coincide at the edge change nothing; a distribution of one value has a tail all the same; and so has a row without a median.
        quantiles[^2] = quantiles[^1];
        Assert.Equal(3, PredictiveDistribution.TailUnit(Levels, quantiles, upper: true, 1), 12);
        Assert.Equal(0.002, PredictiveDistribution.TailUnit(Levels, new double[9], upper: true, 2), 12);
        Assert.Equal(2 / Math.Log(9), PredictiveDistribution.TailUnit([0.1, 0.9], [4, 6], upper: false, 1), 12);
        Assert.Equal(7, PredictiveDistribution.TailUnit([0.5], [4], upper: false, 7), 12);
    }

    [Fact]
    public void P_values_of_a_normal_variable_are_about_uniform()
    {
        var random = new Random(5);
        double[] quantiles = [.. Levels.Select(p => Normal.InvCDF(0, 1, p))];
        // The mean excess of a normal variable over its last quantile, φ(q) / 0.05 − q.
        var excess = (Normal.PDF(0, 1, quantiles[^1]) / 0.05) - quantiles[^1];
        var d = new PredictiveDistribution(Levels, quantiles, excess, excess, 0);
        var p = new double[20_000];
        for (var i = 0; i < p.Length; i++) p[i] = d.PValue(Normal.Sample(random, 0, 1));
        foreach (var level in (double[])[0.5, 0.1, 0.05]) Assert.InRange(p.Count(x => x < level) / (double)p.Length, 0.85 * level, 1.15 * level);
        // An exponential tail is heavier than the normal one: false alarms are rarer than promised, not more frequent.
        Assert.InRange(p.Count(x => x < 0.001) / (double)p.Length, 0, 0.001);
    }

    [Fact]
    public void Far_values_have_tiny_p_values_that_are_not_zero()
    {
        var d = new PredictiveDistribution(Levels, [0, 1, 2, 3, 4, 5, 6, 7, 8], 1, 1, 0);
        Assert.Equal(0.1 * Math.Exp(-100), d.PValue(108), 0.1 * Math.Exp(-100) * 1e-9);
        Assert.True(d.PValue(1e300) > 0);
    }
}
