using FsCheck;
using FsCheck.Fluent;

namespace SsdForecast.Structure.Tests;

public class LinearRecurrenceTests
{
    [Fact]
    public void Applying_a_recurrence_is_multiplying_by_its_matrix() =>
        Prop.ForAll(RandomRecurrence.Seeds, seed =>
        {
            var random = new Random(seed);
            var model = RandomRecurrence.Any(random);
            var m = model.ToMatrix();
            double[] x = [.. Enumerable.Range(0, model.Length).Select(_ => RandomRecurrence.Normal(random))];
            var y = model.Apply(x);
            for (var i = 0; i < model.Length; i++)
                Assert.Equal(Enumerable.Range(0, i + 1).Sum(j => m[i, j] * x[j]), y[i], 1e-10);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_entry_of_the_matrix_is_a_reading_of_a_carried_input()
    {
        // c_2 · A_2 A_1 b_0 with numbers that can be checked by hand.
        var model = new StateSpaceModel(
            new double[,,] { { { 9, 9 }, { 9, 9 } }, { { 1, 2 }, { 0, 1 } }, { { 0, 1 }, { 1, 0 } } },
            new double[,] { { 1, 3 }, { 0, 0 }, { 0, 0 } },
            new double[,] { { 1, 0 }, { 1, 1 }, { 10, 1 } });
        var m = model.ToMatrix();
        Assert.Equal(1, m[0, 0]);
        Assert.Equal(10, m[1, 0]);
        Assert.Equal(37, m[2, 0]);
    }

    [Fact]
    public void Diagonal_and_full_transitions_make_the_same_matrix()
    {
        var model = RandomRecurrence.PartialResets(new Random(3));
        Assert.Equal(0, Matrices.Error(model.ToStateSpace().ToMatrix(), model.ToMatrix()), 1e-15);
    }

    [Fact]
    public void A_scalar_recurrence_is_masked_attention()
    {
        var model = DiagonalSsm.Scalar([1, 0.5, 0.25], new double[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } }, new double[,] { { 1, 0 }, { 0, 1 }, { 1, 1 } });
        Assert.True(model.IsScalar);
        Assert.Equal((3 + 4) * 0.25, model.ToMatrix()[2, 1]);
        Assert.Equal((1 + 2) * 0.125, model.ToMatrix()[2, 0]);
    }

    [Fact]
    public void Bad_arrays_are_refused_by_name()
    {
        Assert.Contains("(2, 2) where (2, 3)", Assert.Throws<ArgumentException>(() => new DiagonalSsm(new double[2, 2], new double[2, 3], new double[2, 3])).Message, StringComparison.Ordinal);
        Assert.Contains("entry (1, 0) is NaN", Assert.Throws<ArgumentException>(() => new DiagonalSsm(new double[2, 1], new double[,] { { 1 }, { double.NaN } }, new double[2, 1])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new DiagonalSsm(new double[0, 1], new double[0, 1], new double[0, 1]));
        Assert.Throws<ArgumentException>(() => new StateSpaceModel(new double[2, 1, 2], new double[2, 1], new double[2, 1]));
        Assert.Throws<ArgumentException>(() => RandomRecurrence.Diagonal(new Random(1), 5, 2).Apply(new double[4]));
    }
}
