namespace SsdForecast.Structure.Tests;

public class RankGrowthTests
{
    [Fact]
    public void The_corner_of_softmax_grows_with_the_length_and_that_of_linear_attention_does_not()
    {
        var table = RankGrowth.Measure([16, 32, 64, 128]);
        Assert.Equal([8, 16, 32, 64], table.Select(r => r.Certified));
        Assert.Equal([8, 8, 8, 8], table.Select(r => r.Linear));
        Assert.Equal([1, 1, 1, 1], table.Select(r => r.Uniform));
        Assert.Equal([8, 16, 32, 64], table.Select(r => r.Softmax));
    }

    [Fact]
    public void A_sharper_softmax_has_a_rank_of_that_size_too()
    {
        var table = RankGrowth.Measure([16, 32, 64, 128], beta: 3);
        foreach (var row in table) Assert.InRange(row.Softmax, 0.75 * row.Length / 2, row.Length / 2);
    }

    [Fact]
    public void Odd_and_smallest_lengths_have_a_corner()
    {
        Assert.Equal(1, RankGrowth.CertifiedRank(2));
        Assert.Equal(3, RankGrowth.CertifiedRank(7));
        Assert.Throws<ArgumentOutOfRangeException>(() => RankGrowth.CertifiedRank(1));
    }

    [Fact]
    public void Uniform_attention_has_full_rank_as_a_whole_which_proves_nothing()
    {
        var m = MathNet.Numerics.LinearAlgebra.Double.DenseMatrix.OfArray(AttentionMatrix.Uniform(16));
        Assert.Equal(16, m.Rank());
        Assert.Equal(1, DenseStructure.Analyse(AttentionMatrix.Uniform(16)).Order);
    }

    [Fact]
    public void A_row_of_softmax_sums_to_one_whatever_the_size_of_its_scores()
    {
        var q = new double[,] { { 1 }, { 1000 }, { -1000 } };
        var m = AttentionMatrix.Softmax(q, q, 1);
        for (var i = 0; i < 3; i++) Assert.Equal(1, m[i, 0] + m[i, 1] + m[i, 2], 1e-15);
    }
}
