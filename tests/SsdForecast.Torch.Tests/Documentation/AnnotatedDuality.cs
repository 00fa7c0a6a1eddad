using MathNet.Numerics.LinearAlgebra;
using SsdForecast.Structure;

namespace SsdForecast.Torch.Tests.Documentation;

/// <summary>Section 8: which matrices are masked attention.</summary>
public class AnnotatedDuality : AnnotatedSamples
{
    public void NewColumns()
    {
        #region NewColumns
        // A memoryless state number, and one that holds the first input until the last output.
        var corner = Matrix<double>.Build.DenseIdentity(12);
        corner[11, 0] = 1;
        var structure = DenseStructure.Analyse(corner.ToArray());
        Print($"state needed {structure.Order}, new columns {structure.NewColumns}, cuts {structure.Cuts.Count}");
        var refused = Assert.Throws<NoDualException>(() => MaskedAttentionDual.Build(corner.ToArray(), width: 8));
        Print(refused.Message);
        #endregion
    }

    public void Completion()
    {
        #region Completion
        // Given are the entries on and below the diagonal. Column 2 has (5, 1) there: twice column 1, (3, 1), less column 0, (1, 1).
        double[,] given = { { 1, 0, 0, 0 }, { 2, 4, 0, 0 }, { 1, 3, 5, 0 }, { 1, 1, 1, 1 } };
        var completion = TriangleCompletion.Of(given);
        var (q, k) = (Matrix<double>.Build.DenseOfArray(completion.Q), Matrix<double>.Build.DenseOfArray(completion.K));
        Print($"new columns {string.Join(", ", completion.NewColumns)}; the completed matrix Q Kᵀ:");
        Print(q * k.Transpose());
        #endregion
    }

    public void Dual()
    {
        #region Dual
        // Full transitions with an inverse, different at every step, nothing diagonal about them: there is a dual of width N = 2.
        const int length = 12;
        var (a, noise) = (new double[length, 2, 2], Normal(1, length * 4));
        for (var i = 0; i < a.Length; i++) a[i / 4, i / 2 % 2, i % 2] = (i % 4 is 0 or 3 ? 0.8 : 0) + (0.1 * noise[i]);
        var ssm = new StateSpaceModel(a, b: Normal(2, length, 2).ToArray(), c: Normal(3, length, 2).ToArray());
        var dual = MaskedAttentionDual.Build(ssm, width: 2);
        var (m, again) = (Matrix<double>.Build.DenseOfArray(ssm.ToMatrix()), Matrix<double>.Build.DenseOfArray(dual.Reproduce()));
        Print($"width {dual.Width}; L ∘ (Q Kᵀ) and the recurrence: the same: {Same(again, m, 1e-9)}");

        // One of three state numbers is reset at each step: the order stays 3, and nearly every column is new.
        var reset = Dense(24, 3, (t, n) => t % 3 == n ? 0 : 0.9);
        var resets = new DiagonalSsm(reset.ToArray(), Normal(4, 24, 3).ToArray(), Normal(5, 24, 3).ToArray());
        var structure = RecurrenceStructure.Analyse(resets);
        Print($"with resets: order {structure.Order}, new columns {structure.NewColumns} of 24");
        Print(MaskedAttentionDual.Decide(resets, width: 3).Reason);
        #endregion
    }

    public void Softmax()
    {
        #region Softmax
        foreach (var row in RankGrowth.Measure([16, 32, 64, 128], width: 8))
            Print($"T {row.Length,3}: softmax {row.Certified,2} (proven), linear attention of width 8 {row.Linear}, uniform {row.Uniform}");
        #endregion
    }
}
