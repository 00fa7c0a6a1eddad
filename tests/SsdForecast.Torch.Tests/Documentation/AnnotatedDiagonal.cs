using MathNet.Numerics.LinearAlgebra;
using SsdForecast.Structure;
using SsdForecast.Torch.Ssd;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Documentation;

/// <summary>Section 7: a decay of its own for each state number.</summary>
public class AnnotatedDiagonal : AnnotatedSamples
{
    public void SumOfDuals()
    {
        #region SumOfDuals
        const int length = 8;
        var a = Dense(length, 3, (t, n) => Math.Exp(-0.1 * (n + 1) * (t + 1)));
        var (b, c) = (Normal(1, length, 3), Normal(2, length, 3));

        // One mask for each state number, over scores of width 1.
        var sum = Dense(length, length, (_, _) => 0);
        for (var n = 0; n < 3; n++)
        {
            var mask = Dense(length, length, (i, j) => i < j ? 0 : Enumerable.Range(j + 1, i - j).Aggregate(1.0, (d, k) => d * a[k, n]));
            sum += mask.PointwiseMultiply(c.Column(n).OuterProduct(b.Column(n)));
        }

        var ssm = new DiagonalSsm(a.ToArray(), b.ToArray(), c.ToArray());
        Print($"three masks of width 1, and the recurrence: the same: {Same(sum, Matrix<double>.Build.DenseOfArray(ssm.ToMatrix()))}");
        #endregion
    }

    public void TwoLevels()
    {
        #region TwoLevels
        const int length = 64, sub = 16;
        double[] rate = [-0.01, -1, -30];                                       // log a of the three state numbers, at every step
        var (b, c) = (Normal(1, length, 3), Normal(2, length, 3));
        var cs = Dense(length, 3, (t, n) => (t + 1) * rate[n]);                 // cumulative sums

        // One product for all: exp(cs) underflows, exp(−cs) overflows.
        var queries = Dense(length, 3, (t, n) => c[t, n] * Math.Exp(cs[t, n]));
        var keys = Dense(length, 3, (t, n) => b[t, n] * Math.Exp(-cs[t, n]));
        var one = queries * keys.Transpose();

        // Two levels: every exponent is measured from the end of the sub-chunk before the row, and is at most 0.
        var scores = Dense(length, length, (_, _) => 0);
        for (var s = 0; s < length; s += sub)
        {
            double Entry(int i, int j) => Enumerable.Range(0, 3).Sum(n => c[i, n] * b[j, n] * Math.Exp(cs[i, n] - cs[j, n]));
            scores.SetSubMatrix(s, s, Dense(sub, sub, (i, j) => i < j ? 0 : Entry(s + i, s + j)));
            if (s == 0) continue;
            var here = Dense(sub, 3, (i, n) => c[s + i, n] * Math.Exp(cs[s + i, n] - cs[s - 1, n]));
            var before = Dense(s, 3, (j, n) => b[j, n] * Math.Exp(cs[s - 1, n] - cs[j, n]));
            scores.SetSubMatrix(s, 0, here * before.Transpose());
        }

        var a = Dense(length, 3, (_, n) => Math.Exp(rate[n]));
        var expected = Matrix<double>.Build.DenseOfArray(new DiagonalSsm(a.ToArray(), b.ToArray(), c.ToArray()).ToMatrix());
        Print($"last entry by one product: {one[length - 1, length - 1]}");
        Print($"two levels, and the recurrence: the same: {Same(scores, expected)}");
        #endregion
    }

    public void DiagonalOperator()
    {
        #region DiagonalOperator
        var inputs = new SsdInputs
        {
            X = NormalTensor(1, 1, 100, 2, 4),
            Dt = NormalTensor(2, 1, 100, 2).abs(),
            A = -NormalTensor(3, 2, 8).exp(),                                   // (h, n): a rate for each state number
            B = NormalTensor(4, 1, 100, 2, 8),
            C = NormalTensor(5, 1, 100, 2, 8),
        };
        var recurrent = SsdOperator.Run(inputs, new SsdOptions { Form = SsdForm.Recurrent }).Y;
        Print($"chunked: the same: {Same(SsdOperator.Run(inputs, new SsdOptions { Form = SsdForm.Chunked }).Y, recurrent)}");
        Print($"quadratic: the same: {Same(SsdOperator.Run(inputs, new SsdOptions { Form = SsdForm.Quadratic }).Y, recurrent)}");
        #endregion
    }
}
