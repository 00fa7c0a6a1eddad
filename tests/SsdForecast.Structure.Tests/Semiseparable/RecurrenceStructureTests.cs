using FsCheck;
using FsCheck.Fluent;

namespace SsdForecast.Structure.Tests;

public class RecurrenceStructureTests
{
    // Zeros of a turned state's matrix are the result of a computation.
    private static readonly StructureOptions Clean = new() { ZeroTolerance = 1e-13 };

    [Fact]
    public void Ranks_new_columns_and_cuts_are_those_of_the_dense_matrix() =>
        Prop.ForAll(RandomRecurrence.Seeds, seed =>
        {
            var model = RandomRecurrence.Any(new Random(seed));
            // What a turned state has forgotten comes back as rounding, in the matrix too, and grows where decay is undone.
            var options = model is StateSpaceModel ? Clean with { Tolerance = 1e-10 } : new();
            var fast = RecurrenceStructure.Analyse(model, options);
            var dense = DenseStructure.Analyse(model.ToMatrix(), options);
            if (!Matrices.IsClear(dense)) return;
            Assert.Equal(dense.Exact.Rank, fast.Exact.Rank);
            Assert.Equal(dense.Exact.RankBefore, fast.Exact.RankBefore);
            Assert.Equal(dense.Cuts, fast.Cuts);
            Assert.Equal(dense.Blocks, fast.Blocks);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void In_one_scaling_the_singular_values_and_epsilon_ranks_are_the_same() =>
        Prop.ForAll(RandomRecurrence.Seeds, seed =>
        {
            var model = RandomRecurrence.Any(new Random(seed));
            foreach (var scaling in (Scaling[])[Scaling.None(model.Length), Scaling.Of(model)])
            {
                var fast = RecurrenceStructure.Analyse(model, new() { Scaling = scaling });
                var dense = DenseStructure.Analyse(model.ToMatrix(), Clean with { Scaling = scaling });
                var noise = (model is StateSpaceModel ? 1e-10 : 1e-13) * dense.SingularValues.Max(v => v[0]);
                for (var t = 0; t < model.Length; t++)
                {
                    var (a, b) = (fast.SingularValues[t], dense.SingularValues[t]);
                    for (var k = 0; k < b.Length; k++) Assert.Equal(b[k], k < a.Length ? a[k] : 0, (1e-9 * b[0]) + noise);
                    for (var r = 0; r < dense.Approximate.Count; r++)
                    {
                        // A value within rounding of a tolerance may fall to either side of it.
                        if (b.Any(s => Math.Abs(s - (dense.Approximate[r].Tolerance * b[0])) < 1e-11 * b[0])) continue;
                        Assert.Equal(dense.Approximate[r].Rank[t], fast.Approximate[r].Rank[t]);
                    }
                }
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Scaling_changes_no_rank_and_undoes_decay()
    {
        var random = new Random(5);
        const int Length = 400;
        var strong = DiagonalSsm.Scalar([.. Enumerable.Repeat(1e-3, Length)], RandomRecurrence.Normal(random, Length, 3), RandomRecurrence.Normal(random, Length, 3));
        // The matrix falls by 1e-1200 to its corner, far below what float64 holds; the recurrence's structure is that of no decay at all.
        var fast = RecurrenceStructure.Analyse(strong);
        Assert.Equal((3, 3, 0), (fast.Order, fast.NewColumns, fast.Cuts.Count));
        var unscaled = RecurrenceStructure.Analyse(strong, new() { Scaling = Scaling.None(Length), Tolerance = 1e-6 });
        Assert.True(unscaled.NewColumns > 3);
    }

    [Fact]
    public void A_long_recurrence_is_analysed_without_its_matrix()
    {
        var model = RandomRecurrence.Diagonal(new Random(7), 5000, 3);
        var s = RecurrenceStructure.Analyse(model);
        Assert.Equal(3, s.Order);
        Assert.Empty(s.Cuts);
    }

    [Fact]
    public void An_input_that_nothing_reads_and_a_reading_of_nothing_leave_no_trace()
    {
        var model = new DiagonalSsm(new double[,] { { 1, 1 }, { 1, 1 }, { 1, 1 } }, new double[,] { { 1, 0 }, { 1, 0 }, { 0, 0 } }, new double[,] { { 0, 1 }, { 0, 1 }, { 0, 1 } });
        var s = RecurrenceStructure.Analyse(model);
        Assert.Equal((0, 0), (s.Order, s.NewColumns));
        Assert.Equal([1, 2], s.Cuts);
    }
}
