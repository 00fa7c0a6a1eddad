using SsdForecast.Runtime.Kernels;

namespace SsdForecast.Torch.Tests.Documentation;

/// <summary>Section 6: the backward pass.</summary>
public class AnnotatedBackward : AnnotatedSamples
{
    public void Backward()
    {
        #region Backward
        const int length = 6;
        const double a = -1.5;                                                  // A of the one head
        var dt = Normal(1, length).Select(Math.Abs).ToArray();
        var (b, c, x, dy) = (Normal(2, length, 3), Normal(3, length, 3), Normal(4, length, 2), Normal(5, length, 2));

        // Forward: Y = (L ∘ S)(dt x) with S = C Bᵀ.
        var mask = Dense(length, length, (i, j) => i < j ? 0 : Math.Exp(a * dt[(j + 1)..(i + 1)].Sum()));
        var scores = c * b.Transpose();
        var xdt = Dense(length, 2, (t, p) => dt[t] * x[t, p]);

        // Backward: four products of the same shapes.
        var z = dy * xdt.Transpose();
        var dxdt = scores.PointwiseMultiply(mask).Transpose() * dy;
        var dc = z.PointwiseMultiply(mask) * b;
        var db = z.PointwiseMultiply(mask).Transpose() * c;

        // log a_t acts on exactly the pairs that step t lies between: i ≥ t > j.
        var w = z.PointwiseMultiply(mask).PointwiseMultiply(scores);
        double DLogA(int t) => t == 0 ? 0 : w.SubMatrix(t, length - t, 0, t).Enumerate().Sum();
        var ddt = Enumerable.Range(0, length).Select(t => (a * DLogA(t)) + dxdt.Row(t).DotProduct(x.Row(t)));

        // By following the recurrence backwards, one step after another.
        double[] rate = [a], toDt = new double[length], toB = new double[length * 3], toC = new double[length * 3];
        SsdReference.Gradient(
            new SsdShape(Batch: 1, length, Heads: 1, HeadDim: 2, Groups: 1, StateSize: 3),
            new SsdSpans<double> { X = x.ToRowMajorArray(), Dt = dt, A = rate, B = b.ToRowMajorArray(), C = c.ToRowMajorArray() },
            new SsdGradientSpans<double> { GradY = dy.ToRowMajorArray(), Dt = toDt, B = toB, C = toC });
        Print("d dt", ddt);
        Print("by reference", toDt);
        Print($"the same: dt {Same(ddt, toDt)}, B {Same(db.ToRowMajorArray(), toB)}, C {Same(dc.ToRowMajorArray(), toC)}");
        #endregion
    }

    public void Cancellation()
    {
        #region Cancellation
        // Steps that keep e⁻²⁰ = 2e-9 of the state, scores and gradients of size 1, in float32.
        const int length = 16, t = 8;
        var random = new Random(1);
        var w = new float[length, length];
        for (var i = 0; i < length; i++)
            for (var j = 0; j <= i; j++) w[i, j] = (0.5f + (float)random.NextDouble()) * MathF.Exp(-20 * (i - j));

        // The gradient of log a_t: the sum over i ≥ t > j, and sums of whole rows less sums of whole columns.
        float block = 0, rowsLessColumns = 0;
        double exact = 0;
        for (var i = t; i < length; i++)
        {
            float row = 0, column = 0;
            for (var j = 0; j < t; j++) (block, exact) = (block + w[i, j], exact + w[i, j]);
            for (var j = 0; j < length; j++) (row, column) = (row + w[i, j], column + w[j, i]);
            rowsLessColumns += row - column;
        }

        Print($"exact              {exact:0.000e+0}");
        Print($"block sum          {block:0.000e+0}");
        Print($"rows less columns  {rowsLessColumns:0.000e+0}");
        #endregion
    }
}
