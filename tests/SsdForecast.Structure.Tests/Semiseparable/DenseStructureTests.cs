using FsCheck;
using FsCheck.Fluent;

namespace SsdForecast.Structure.Tests;

public class DenseStructureTests
{
    [Fact]
    public void Identity_and_corner_has_order_2_and_all_columns_but_one_new()
    {
        foreach (var length in (int[])[2, 3, 20, 33])
        {
            var s = DenseStructure.Analyse(Matrices.IdentityAndCorner(length));
            Assert.Equal(Math.Min(2, length - 1), s.Order);
            Assert.Equal(length - 1, s.NewColumns);
            Assert.Empty(s.Cuts);
            Assert.Equal(s.Exact.Rank, RecurrenceStructure.Analyse(Matrices.IdentityAndCornerRecurrence(length)).Exact.Rank);
        }
    }

    [Fact]
    public void One_reset_a_step_has_order_3_and_22_new_columns_of_24()
    {
        var s = DenseStructure.Analyse(Matrices.OneResetAStep(24, new Random(1)).ToMatrix());
        Assert.Equal((3, 22), (s.Order, s.NewColumns));
        Assert.Equal([new SemiseparableBlock(0, 24, 22)], s.Blocks);
    }

    [Fact]
    public void A_reset_of_the_whole_state_is_a_cut()
    {
        var random = new Random(2);
        double[] a = [.. Enumerable.Range(0, 24).Select(t => t % 8 == 0 ? 0 : 0.9)];
        var m = DiagonalSsm.Scalar(a, RandomRecurrence.Normal(random, 24, 3), RandomRecurrence.Normal(random, 24, 3)).ToMatrix();
        var s = DenseStructure.Analyse(m);
        Assert.Equal([8, 16], s.Cuts);
        Assert.Equal([new SemiseparableBlock(0, 8, 3), new(8, 8, 3), new(16, 8, 3)], s.Blocks);
        Assert.Equal((9, 3), (s.NewColumns, s.WidestBlock));
    }

    [Fact]
    public void The_first_column_is_new_only_if_it_is_not_zero()
    {
        var zeroFirst = DenseStructure.Analyse(new double[,] { { 0, 0, 0 }, { 0, 1, 0 }, { 0, 2, 3 } });
        Assert.DoesNotContain(0, zeroFirst.Exact.NewColumns);
        var first = DenseStructure.Analyse(new double[,] { { 0, 0, 0 }, { 0, 1, 0 }, { 5, 2, 3 } });
        Assert.Equal([0, 1], first.Exact.NewColumns);
    }

    [Fact]
    public void Zero_rows_and_columns_have_no_new_columns_and_cut_where_nothing_crosses()
    {
        var s = DenseStructure.Analyse(new double[,] { { 1, 0, 0, 0 }, { 0, 0, 0, 0 }, { 1, 0, 1, 0 }, { 0, 0, 0, 0 } });
        Assert.Equal([0], s.Exact.NewColumns);
        Assert.Equal([3], s.Cuts);
        var zero = DenseStructure.Analyse(new double[4, 4]);
        Assert.Equal((0, 0, 0), (zero.Order, zero.NewColumns, zero.WidestBlock));
        Assert.Equal([1, 2, 3], zero.Cuts);
    }

    [Fact]
    public void One_row_is_one_column_new_or_zero()
    {
        Assert.Equal(1, DenseStructure.Analyse(new double[,] { { 4 } }).NewColumns);
        Assert.Equal(0, DenseStructure.Analyse(new double[,] { { 0 } }).NewColumns);
        Assert.Equal([1.0], DenseStructure.Analyse(new double[,] { { 4 } }).SingularValues[0]);
    }

    [Fact]
    public void Scaling_rows_and_columns_changes_no_rank() =>
        Prop.ForAll(RandomRecurrence.Seeds, seed =>
        {
            var random = new Random(seed);
            var m = RandomRecurrence.PartialResets(random).ToMatrix();
            var n = m.GetLength(0);
            int[] Exponents() => [.. Enumerable.Range(0, n).Select(_ => random.Next(-30, 31))];
            var (plain, scaled) = (DenseStructure.Analyse(m), DenseStructure.Analyse(new Scaling(Exponents(), Exponents()).Apply(m)));
            if (!Matrices.IsClear(plain)) return;
            Assert.Equal(plain.Exact.Rank, scaled.Exact.Rank);
            Assert.Equal(plain.Exact.RankBefore, scaled.Exact.RankBefore);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_matrix_that_is_not_causal_is_refused_with_the_place()
    {
        Assert.Contains("entry (0, 1) above the diagonal is 2", Assert.Throws<ArgumentException>(() => DenseStructure.Analyse(new double[,] { { 1, 2 }, { 0, 1 } })).Message, StringComparison.Ordinal);
        Assert.Contains("(2, 3)", Assert.Throws<ArgumentException>(() => DenseStructure.Analyse(new double[2, 3])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => DenseStructure.Analyse(new double[2, 2], new() { Tolerance = 1.5 }));
        Assert.Throws<ArgumentException>(() => DenseStructure.Analyse(new double[2, 2], new() { Scaling = Scaling.None(3) }));
    }
}
