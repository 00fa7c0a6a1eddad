using System.Runtime.CompilerServices;

namespace SsdForecast.Structure.Tests;

/// <summary>The samples of <c>docs/structure.md</c>, in its order, and the test that they are.</summary>
public class StructurePageTests
{
    [Fact]
    public void Samples_of_the_page_run()
    {
        var ssm = DiagonalSsm.Scalar(a: [1, 0.5, 0.5], b: new double[,] { { 1 }, { 1 }, { 1 } }, c: new double[,] { { 1 }, { 1 }, { 1 } });
        Assert.Equal(new double[,] { { 1, 0, 0 }, { 0.5, 1, 0 }, { 0.25, 0.5, 1 } }, ssm.ToMatrix());
        Assert.Equal([1, 0.5, 0.25], ssm.Apply([1, 0, 0]));

        // The identity and one entry in the corner: a memoryless state number and one that holds x_0.
        var corner = new double[20, 20];
        for (var t = 0; t < 20; t++) corner[t, t] = 1;
        corner[19, 0] = 1;
        var s = DenseStructure.Analyse(corner);
        Assert.Equal((2, 19, 0), (s.Order, s.NewColumns, s.Cuts.Count));

        var random = new Random(1);
        var model = RandomRecurrence.Diagonal(random, length: 30, size: 4);
        var (fast, dense) = (RecurrenceStructure.Analyse(model), DenseStructure.Analyse(model.ToMatrix()));
        Assert.Equal(dense.Exact.Rank, fast.Exact.Rank);
        Assert.Equal(dense.Cuts, fast.Cuts);

        var refused = Assert.Throws<NoDualException>(() => MaskedAttentionDual.Build(corner, width: 10));
        Assert.Equal("no masked-attention dual of width 10 exists: the block of rows 0 to 19 has 19 new columns, more than 10; no cut splits it", refused.Message);
        var dual = MaskedAttentionDual.Build(model, width: 4);
        Assert.True(Matrices.Error(dual.Reproduce(), model.ToMatrix()) < 1e-12);

        var (b, c) = (RandomRecurrence.Normal(random, 60, 3), RandomRecurrence.Normal(random, 60, 3));
        for (var t = 0; t < 60; t++) c[t, 2] *= 1e-5;
        var hankel = HankelProfile.Of(DiagonalSsm.Scalar([.. Enumerable.Repeat(0.9, 60)], b, c));
        Assert.Equal((2, 3), (hankel.Order(1e-3), hankel.Order(1e-7)));
        Assert.Equal(2, hankel.ReducedOrder(share: 0.99999));

        foreach (var row in RankGrowth.Measure([16, 32, 64, 128], width: 8))
        {
            Assert.Equal(row.Length / 2, row.Certified);
            Assert.Equal((8, 1), (row.Linear, row.Uniform));
        }
    }

    [Fact]
    public void Samples_of_the_page_are_those_that_run()
    {
        var source = ThisFile();
        var page = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "..", "docs", "structure.md"));
        var samples = File.ReadAllText(page).Split("```csharp\n").Skip(1).Select(rest => rest.Split("```")[0]).ToList();
        Assert.Equal(6, samples.Count);
        var code = Lines(File.ReadAllText(source));
        foreach (var sample in samples) Assert.Contains(Lines(sample), code, StringComparison.Ordinal);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;

    /// <summary>Lines without indentation.</summary>
    private static string Lines(string text) => string.Join('\n', text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0));
}
