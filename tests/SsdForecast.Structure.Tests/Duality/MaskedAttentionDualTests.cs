using FsCheck;
using FsCheck.Fluent;

namespace SsdForecast.Structure.Tests;

public class MaskedAttentionDualTests
{
    [Fact]
    public void A_recurrence_with_invertible_transitions_gets_a_dual_that_reproduces_it() =>
        Prop.ForAll(RandomRecurrence.Seeds, seed =>
        {
            var random = new Random(seed);
            var diagonal = RandomRecurrence.Diagonal(random);
            LinearRecurrence model = random.Next(3) switch
            {
                0 => RandomRecurrence.Scalar(random),
                1 => diagonal,
                _ => RandomRecurrence.Rotated(diagonal, random),
            };
            Assert.True(MaskedAttentionDual.Decide(model, model.StateSize, MaskKind.Fine).Exists);
            var dual = MaskedAttentionDual.Build(model, model.StateSize, MaskKind.Fine);
            Assert.True(dual.Width <= model.StateSize);
            Assert.DoesNotContain(0.0, dual.Mask);
            Assert.True(Matrices.Error(dual.Reproduce(), model.ToMatrix()) < 1e-9);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_dual_of_a_matrix_has_the_least_width_and_reproduces_it() =>
        Prop.ForAll(RandomRecurrence.Seeds, seed =>
        {
            var m = RandomRecurrence.Any(new Random(seed)).ToMatrix();
            var options = new StructureOptions { ZeroTolerance = 1e-13 };
            var structure = DenseStructure.Analyse(m, options);
            if (!Matrices.IsClear(structure)) return;
            var dual = MaskedAttentionDual.Build(m, m.GetLength(0), MaskKind.General, options);
            Assert.Equal(Math.Max(1, structure.WidestBlock), dual.Width);
            Assert.True(Matrices.Error(dual.Reproduce(), m) < 1e-9);
            Assert.Equal(structure.Cuts, Enumerable.Range(0, m.GetLength(0)).Where(t => dual.Mask[t] == 0));
            if (structure.WidestBlock > 1)
                Assert.Equal(structure.WidestBlock, Assert.Throws<NoDualException>(() => MaskedAttentionDual.Build(m, structure.WidestBlock - 1, MaskKind.General, options)).Decision.Required);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Identity_and_corner_is_refused_below_its_length_less_one()
    {
        var m = Matrices.IdentityAndCorner(20);
        foreach (var width in (int[])[2, 10, 18])
        {
            var refused = Assert.Throws<NoDualException>(() => MaskedAttentionDual.Build(m, width));
            Assert.Equal([new SemiseparableBlock(0, 20, 19)], refused.Decision.Blocks);
            Assert.Contains("the block of rows 0 to 19 has 19 new columns", refused.Message, StringComparison.Ordinal);
            Assert.False(MaskedAttentionDual.Decide(m, width).Exists);
            Assert.False(MaskedAttentionDual.Decide(Matrices.IdentityAndCornerRecurrence(20), width).Exists);
            Assert.Throws<NoDualException>(() => MaskedAttentionDual.Build(Matrices.IdentityAndCornerRecurrence(20), width));
        }

        Assert.Equal(0, Matrices.Error(MaskedAttentionDual.Build(m, 19).Reproduce(), m), 1e-12);
    }

    [Fact]
    public void One_reset_a_step_is_refused()
    {
        var model = Matrices.OneResetAStep(24, new Random(1));
        Assert.False(MaskedAttentionDual.Decide(model, 3).Exists);
        Assert.Equal(22, Assert.Throws<NoDualException>(() => MaskedAttentionDual.Build(model, 3)).Decision.Required);
        Assert.Equal(22, MaskedAttentionDual.Build(model, 22).Width);
    }

    [Fact]
    public void Resets_of_the_whole_state_need_a_mask_with_zeros()
    {
        var random = new Random(6);
        double[] a = [.. Enumerable.Range(0, 24).Select(t => t % 8 == 0 ? 0 : 0.9)];
        var model = DiagonalSsm.Scalar(a, RandomRecurrence.Normal(random, 24, 3), RandomRecurrence.Normal(random, 24, 3));
        var general = MaskedAttentionDual.Build(model, 3);
        Assert.Equal(0, Matrices.Error(general.Reproduce(), model.ToMatrix()), 1e-14);
        Assert.Equal([0.0, 0.0], (double[])[general.Mask[8], general.Mask[16]]);
        var fine = Assert.Throws<NoDualException>(() => MaskedAttentionDual.Build(model, 3, MaskKind.Fine));
        Assert.Equal(9, fine.Decision.Required);
        Assert.Contains("nowhere zero", fine.Message, StringComparison.Ordinal);
        Assert.Equal(0, Matrices.Error(MaskedAttentionDual.Build(model, 9, MaskKind.Fine).Reproduce(), model.ToMatrix()), 1e-9);
    }

    [Fact]
    public void A_scalar_recurrence_is_its_own_dual_to_the_last_bit()
    {
        var model = RandomRecurrence.Scalar(new Random(8));
        var dual = MaskedAttentionDual.Build(model, model.StateSize);
        Assert.Equal(model.B, dual.K);
        Assert.Equal(model.C, dual.Q);
        Assert.Equal(0, dual.Spread);
    }

    [Fact]
    public void The_mask_carries_the_decay_that_queries_and_keys_could_not()
    {
        // Each mode falls to 1e-2000 and less over the rows; the modes differ by a factor of 1.5 a step at first and then the other way round.
        var random = new Random(11);
        const int Length = 1000;
        var a = new double[Length, 2];
        for (var t = 0; t < Length; t++) (a[t, 0], a[t, 1]) = t < Length / 2 ? (0.009, 0.006) : (0.006, 0.009);
        var model = new DiagonalSsm(a, RandomRecurrence.Normal(random, Length, 2), RandomRecurrence.Normal(random, Length, 2));
        var dual = MaskedAttentionDual.Build(model, 2);
        Assert.InRange(dual.LogRange, 4700, 5200);
        Assert.InRange(dual.Spread, 195, 210);
        Assert.True(Matrices.Error(dual.Reproduce(), model.ToMatrix()) < 1e-9);
    }

    [Fact]
    public void Modes_of_very_different_decay_have_a_dual_that_float64_hardly_sees()
    {
        // After 40 steps the fast mode is down to 1e-21 of the slow one: a rank taken from the matrix misses it, the recurrence's own numbers do not.
        var a = new double[40, 2];
        for (var t = 0; t < 40; t++) (a[t, 0], a[t, 1]) = (1, 0.3);
        var random = new Random(13);
        var model = new DiagonalSsm(a, RandomRecurrence.Normal(random, 40, 2), RandomRecurrence.Normal(random, 40, 2));
        Assert.True(MaskedAttentionDual.Decide(model, 2).Exists);
        var dual = MaskedAttentionDual.Build(model, 2);
        Assert.InRange(dual.Spread, 46, 48);
        Assert.True(Matrices.Error(dual.Reproduce(), model.ToMatrix()) < 1e-12);
    }

    [Fact]
    public void Decays_that_differ_beyond_float64_are_refused_with_the_range()
    {
        var a = new double[1000, 2];
        for (var t = 0; t < 1000; t++) (a[t, 0], a[t, 1]) = (1, 0.1);
        var ones = new double[1000, 2];
        for (var t = 0; t < 1000; t++) (ones[t, 0], ones[t, 1]) = (1, 1);
        var refused = Assert.Throws<NoDualException>(() => MaskedAttentionDual.Build(new DiagonalSsm(a, ones, ones), 2));
        Assert.True(refused.Decision.Exists);
        Assert.Contains("differ by e^2300", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_skip_on_the_diagonal_makes_every_column_new()
    {
        // y = Mx + Dx is a recurrence with a memoryless state number: the dual has to leave D outside, as SSD does.
        var model = RandomRecurrence.Diagonal(new Random(12), 20, 2);
        var m = model.ToMatrix();
        for (var t = 0; t < 20; t++) m[t, t] += 1;
        Assert.True(MaskedAttentionDual.Decide(m, 10).Required >= 18);
    }

    [Fact]
    public void Zeros_and_a_single_row_have_duals()
    {
        Assert.Equal(new double[3, 3], MaskedAttentionDual.Build(new double[3, 3], 1).Reproduce());
        Assert.Equal(new double[,] { { -4 } }, MaskedAttentionDual.Build(new double[,] { { -4 } }, 1).Reproduce());
        double[,] rowsAndColumns = { { 0, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 0, 0 }, { 0, 2, 0, 5 } };
        Assert.Equal(0, Matrices.Error(MaskedAttentionDual.Build(rowsAndColumns, 2).Reproduce(), rowsAndColumns), 1e-15);
        Assert.Throws<ArgumentOutOfRangeException>(() => MaskedAttentionDual.Build(new double[3, 3], 0));
    }
}
