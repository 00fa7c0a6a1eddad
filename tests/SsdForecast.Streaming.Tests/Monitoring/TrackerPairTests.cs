using FsCheck;
using FsCheck.Fluent;
using MathNet.Numerics.Distributions;

namespace SsdForecast.Streaming.Tests;

public class TrackerPairTests
{
    private const double Step = 0.2;
    private static readonly double[] Levels = [0.05, 0.25, 0.5, 0.75, 0.95];
    private static readonly double[] Normals = [.. Levels.Select(p => Normal.InvCDF(0, 1, p))];

    /// <summary>The formula of the page, level by level, with sums written out.</summary>
    [Fact]
    public void The_mean_of_the_two_is_weighted_by_their_discounted_losses() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var state = new float[TrackerPair.StateLength(3)];
        double[] levels = [0.1, 0.5, 0.9];
        var (slow, fast, lost) = (new double[3], new double[3], new double[3]);
        for (var t = 0; t < 200; t++)
        {
            double[] quantiles = [-1, 0, 1];
            var (scale, error, value) = (1 + random.NextDouble(), 0.5 + random.NextDouble(), random.Next(20) == 0 ? 1e6 : 4 * random.NextDouble());
            for (var i = 0; i < 3; i++)
            {
                double Pinball(double offset) => Math.Min(Math.Max(levels[i] * (value - quantiles[i] - (scale * offset)), (levels[i] - 1) * (value - quantiles[i] - (scale * offset))) / (scale * error), 5);
                lost[i] = (0.998 * lost[i]) + Pinball(fast[i]) - Pinball(slow[i]);
                slow[i] += 0.1 * Step * error * (levels[i] - (value <= quantiles[i] + (scale * slow[i]) ? 1 : 0));
                fast[i] += Step * error * (levels[i] - (value <= quantiles[i] + (scale * fast[i]) ? 1 : 0));
            }

            TrackerPair.Update(state, levels, quantiles, scale, Step, error, value);
            double[] row = [10, 20, 30];
            TrackerPair.Apply(state, 0.5, row);
            for (var i = 0; i < 3; i++)
            {
                var weight = Math.Exp(-lost[i]) / (1 + Math.Exp(-lost[i]));
                if (Math.Abs((10 * (i + 1)) + (0.5 * ((weight * fast[i]) + ((1 - weight) * slow[i]))) - row[i]) > 1e-3) return false;
            }
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Right_quantiles_are_left_nearly_as_good_as_they_were()
    {
        var random = new Random(1);
        var (raw, pair, fast) = Losses(20_000, _ => Normal.Sample(random, 0, 1));
        Assert.InRange(pair / raw, 0.99, 1.006);
        Assert.InRange(fast / raw, 1.015, 1.05);
    }

    [Fact]
    public void A_spread_that_changes_is_followed_as_by_the_fast_one_or_better()
    {
        var random = new Random(2);
        var (raw, pair, fast) = Losses(20_000, t => Normal.Sample(random, 0, t / 500 % 2 == 0 ? 0.2 : 4));
        Assert.True(pair < raw, $"{pair} and {raw}");
        Assert.InRange(pair / fast, 0.5, 1.01);
    }

    /// <summary>Whatever the values do, a share τ of them lies below level τ: no theorem for the mean, and so a check on many sequences.</summary>
    [Fact]
    public void Coverage_holds_on_all_kinds_of_sequences() => Prop.ForAll<int, byte>((seed, kind) =>
    {
        var random = new Random(seed);
        const int Count = 5000;
        var (state, below) = (new float[TrackerPair.StateLength(Levels.Length)], new int[Levels.Length]);
        for (var t = 0; t < Count; t++)
        {
            var row = Normals.ToArray();
            TrackerPair.Apply(state, 1, row);
            var value = (kind % 4) switch
            {
                // On the far side of the median, in bursts, in steps, and far from where the model is.
                0 => (row[2] > 0 ? -1 : 1) * 2 * random.NextDouble(),
                1 => Normal.Sample(random, 0, random.Next(50) == 0 ? 100 : 1),
                2 => t / 300 % 2 == 0 ? 3 + random.NextDouble() : -random.NextDouble(),
                _ => Normal.Sample(random, 5, 0.1),
            };
            for (var i = 0; i < Levels.Length; i++)
                if (value <= row[i]) below[i]++;
            TrackerPair.Update(state, Levels, Normals, 1, Step, 0.8, value);
        }

        return Levels.Select((tau, i) => Math.Abs((below[i] / (double)Count) - tau) <= 0.025).All(x => x);
    }).QuickCheckThrowOnFailure();

    /// <summary>Mean pinball losses of the model's own quantiles, of the pair, and of the fast tracker by itself.</summary>
    private static (double Raw, double Pair, double Fast) Losses(int count, Func<int, double> sample)
    {
        var (state, offsets) = (new float[TrackerPair.StateLength(Levels.Length)], new float[Levels.Length]);
        double raw = 0, pair = 0, fast = 0;
        for (var t = 0; t < count; t++)
        {
            var (a, b, y) = (Normals.ToArray(), Normals.ToArray(), sample(t));
            TrackerPair.Apply(state, 1, a);
            QuantileTracker.Apply(offsets, 1, b);
            for (var i = 0; i < Levels.Length; i++)
            {
                double Pinball(double q) => Math.Max(Levels[i] * (y - q), (Levels[i] - 1) * (y - q));
                raw += Pinball(Normals[i]);
                pair += Pinball(a[i]);
                fast += Pinball(b[i]);
            }

            TrackerPair.Update(state, Levels, Normals, 1, Step, 0.8, y);
            QuantileTracker.Update(offsets, Levels, Normals, 1, Step * 0.8, y);
        }

        return (raw / count, pair / count, fast / count);
    }
}
