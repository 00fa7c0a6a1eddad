using FsCheck;
using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace SsdForecast.Structure.Tests;

public class TriangleCompletionTests
{
    [Fact]
    public void The_rank_of_the_completed_matrix_is_the_sum_of_rank_differences() =>
        Prop.ForAll(RandomRecurrence.Seeds, seed =>
        {
            // The triangle of a product with rows of zeros, and a recurrence's.
            var random = new Random(seed);
            var m = random.Next(2) == 0 ? RandomRecurrence.PartialResets(random).ToMatrix() : Triangle(random);
            var structure = DenseStructure.Analyse(m);
            if (!Matrices.IsClear(structure)) return;
            var formula = structure.Exact.Rank.Sum() - structure.Exact.RankBefore.Sum();
            var completion = TriangleCompletion.Of(Scaling.Of(m).Apply(m));
            Assert.Equal(formula, structure.NewColumns);
            Assert.Equal(formula, completion.Rank);
            Assert.Equal(structure.Exact.NewColumns, completion.NewColumns);
            if (formula > 0) Assert.Equal(formula, RankOf(DenseMatrix.OfArray(completion.Q) * DenseMatrix.OfArray(completion.K).Transpose()));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_given_triangle_is_kept()
    {
        var m = Triangle(new Random(2));
        var completion = TriangleCompletion.Of(m);
        for (var i = 0; i < m.GetLength(0); i++)
            for (var j = 0; j <= i; j++)
                Assert.Equal(m[i, j], Enumerable.Range(0, completion.Rank).Sum(w => completion.Q[i, w] * completion.K[j, w]), 1e-11);
    }

    private static int RankOf(Matrix<double> m)
    {
        var values = m.Svd(computeVectors: false).S;
        return values.Count(s => s > 1e-11 * values[0]);
    }

    private static double[,] Triangle(Random random)
    {
        var (length, rank) = (random.Next(1, 31), random.Next(1, 5));
        var (q, k) = (RandomRecurrence.Normal(random, length, rank), RandomRecurrence.Normal(random, length, rank));
        var m = new double[length, length];
        for (var i = 0; i < length; i++)
            for (var j = 0; j <= i; j++)
                for (var w = 0; w < rank; w++) m[i, j] += i % 7 == 3 || j % 5 == 0 ? 0 : q[i, w] * k[j, w];
        return m;
    }
}
