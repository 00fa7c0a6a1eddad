using FsCheck;
using FsCheck.Fluent;

namespace SsdForecast.Structure.Tests;

public class HankelProfileTests
{
    [Fact]
    public void The_values_are_those_of_the_dense_blocks() =>
        Prop.ForAll(RandomRecurrence.Seeds, seed =>
        {
            var model = RandomRecurrence.Any(new Random(seed));
            var (fast, dense) = (HankelProfile.Of(model), HankelProfile.Of(model.ToMatrix()));
            Assert.Equal(model.Length - 1, fast.Values.Count);
            for (var t = 0; t < fast.Values.Count; t++)
            {
                for (var k = 0; k < dense.Values[t].Length; k++)
                    Assert.Equal(dense.Values[t][k], k < fast.Values[t].Length ? fast.Values[t][k] : 0, 1e-9 * Math.Max(dense.Largest, 1e-300));
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_state_number_that_is_hardly_read_does_not_count_toward_the_order()
    {
        var random = new Random(4);
        var (b, c) = (RandomRecurrence.Normal(random, 60, 4), RandomRecurrence.Normal(random, 60, 4));
        for (var t = 0; t < 60; t++) (c[t, 2], c[t, 3]) = (c[t, 2] * 1e-4, c[t, 3] * 1e-8);
        var profile = HankelProfile.Of(DiagonalSsm.Scalar([.. Enumerable.Repeat(0.95, 60)], b, c));
        Assert.Equal([2, 3, 4], (int[])[profile.Order(1e-2), profile.Order(1e-6), profile.Order(1e-10)]);
        Assert.Equal([2, 4], (int[])[profile.ReducedOrder(0.9999), profile.ReducedOrder(1)]);
    }

    [Fact]
    public void Turning_the_state_changes_no_value()
    {
        var random = new Random(9);
        var model = RandomRecurrence.Diagonal(random, 30, 5);
        var (plain, turned) = (HankelProfile.Of(model), HankelProfile.Of(RandomRecurrence.Rotated(model, random)));
        foreach (var (a, b) in plain.Values.Zip(turned.Values))
            for (var k = 0; k < a.Length; k++) Assert.Equal(a[k], b[k], 1e-10);
    }

    [Fact]
    public void One_step_and_no_memory_use_no_state()
    {
        Assert.Equal(0, HankelProfile.Of(RandomRecurrence.Diagonal(new Random(1), 1, 3)).Order(1e-3));
        var memoryless = DiagonalSsm.Scalar(new double[5], RandomRecurrence.Normal(new Random(1), 5, 2), RandomRecurrence.Normal(new Random(2), 5, 2));
        Assert.Equal((0, 0), (HankelProfile.Of(memoryless).Order(1e-3), HankelProfile.Of(memoryless).ReducedOrder(0.99)));
    }

    [Fact]
    public void Measuring_every_few_steps_gives_those_steps_values()
    {
        var model = RandomRecurrence.Diagonal(new Random(3), 20, 3);
        var (all, some) = (HankelProfile.Of(model), HankelProfile.Of(model, every: 4));
        Assert.Equal((double[][])[all.Values[3], all.Values[7], all.Values[11], all.Values[15]], some.Values);
        Assert.Throws<ArgumentOutOfRangeException>(() => HankelProfile.Of(model, every: 0));
    }
}
