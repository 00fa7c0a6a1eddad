using FsCheck;
using FsCheck.Fluent;

namespace SsdForecast.Streaming.Tests;

public class QuantileTrackerTests
{
    /// <summary>The guarantee of quantile tracking holds for every sequence, random or hostile, not on average.</summary>
    [Fact]
    public void Coverage_is_right_within_range_over_steps() => Prop.ForAll<int, bool>(IsCovered).QuickCheckThrowOnFailure();

    private static bool IsCovered(int seed, bool hostile)
    {
        var random = new Random(seed);
        const int Count = 5000;
        const double Step = 0.05;
        double[] levels = [0.05, 0.5, 0.9];
        var (offsets, below) = (new float[3], new int[3]);
        for (var t = 0; t < Count; t++)
        {
            double[] quantiles = [Math.Sin(t), Math.Sin(t) + 0.1, Math.Sin(t) + 0.2];
            // A hostile world looks at the offset and takes the other side of it.
            var value = hostile ? quantiles[1] + (offsets[1] > 0 ? -1 : 1) : quantiles[1] + (2 * random.NextDouble()) - 1;
            for (var i = 0; i < 3; i++)
                if (value <= quantiles[i] + (2 * offsets[i])) below[i]++;
            QuantileTracker.Update(offsets, levels, quantiles, 2, Step, value);
        }

        // Scores lie within 1.2 / 2 of zero, so offsets do within that and one step.
        return levels.Select((tau, i) => Math.Abs((below[i] / (double)Count) - tau) <= ((0.6 + Step) / (Step * Count)) + 1e-5).All(x => x)
            && offsets.All(o => Math.Abs(o) <= 0.6 + Step + 1e-5);
    }

    [Fact]
    public void Offsets_move_in_units_of_the_scale_and_the_row_stays_in_order()
    {
        double[] row = [1, 2, 3];
        QuantileTracker.Apply([1f, -1f, 0f], 4, row);
        Assert.Equal([-2, 3, 5], row);
    }
}
