using MathNet.Numerics.LinearAlgebra;
using SsdForecast.Torch.Ssd;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Documentation;

/// <summary>Sections 4 and 5: the quadratic dual and the chunked form.</summary>
public class AnnotatedAttention : AnnotatedSamples
{
    public void Attention()
    {
        #region Attention
        double[] logA = [-0.1, -0.2, -3, -0.1, -0.1];
        var (b, c, x) = (Normal(1, 5, 3), Normal(2, 5, 3), Normal(3, 5, 2));    // keys, queries, values: T = 5, N = 3, P = 2

        // segsum(i, j) sums log a over the steps after j, up to i. The mask is its exponential.
        var mask = Dense(5, 5, (i, j) => i < j ? 0 : Math.Exp(logA[(j + 1)..(i + 1)].Sum()));
        var attention = mask.PointwiseMultiply(c * b.Transpose()) * x;

        var recurrence = Dense(5, 2, (_, _) => 0);
        var state = Dense(2, 3, (_, _) => 0);                                   // (P, N)
        for (var t = 0; t < 5; t++)
        {
            state = (Math.Exp(logA[t]) * state) + x.Row(t).OuterProduct(b.Row(t));
            recurrence.SetRow(t, state * c.Row(t));
        }

        Print(mask);
        Print($"the same: {Same(attention, recurrence)}");
        #endregion
    }

    public void Segsum()
    {
        #region Segsum
        // Two thousand steps that halve, and the decay of the last one: 0.5.
        double[] product = [.. Enumerable.Range(1, 2000).Select(t => Math.Pow(0.5, t))];
        Print($"ratio of products     {product[1999]} / {product[1998]} = {product[1999] / product[1998]}");

        // A step that forgets everything, then one that hardly forgets: exp(−0.001) = 0.9990.
        float[] logA = [-1000f, -0.001f];
        float[] cumulative = [logA[0], logA[0] + logA[1]];
        Print($"float32 difference    exp({cumulative[1] - cumulative[0]:0.000000}) = {Math.Exp(cumulative[1] - cumulative[0]):0.000000}");
        Print($"float64 difference    exp({-1000.001 + 1000:0.000000}) = {Math.Exp(-1000.001 + 1000):0.000000}");
        Print($"sum over the segment  exp({logA[1]:0.000000}) = {Math.Exp(logA[1]):0.000000}");
        #endregion
    }

    public void Chunks()
    {
        #region Chunks
        const int length = 12, q = 4;
        var logA = Normal(1, length).Select(v => -Math.Abs(v)).ToArray();
        var (b, c, x) = (Normal(2, length, 3), Normal(3, length, 3), Normal(4, length, 2));
        double Decay(int after, int upTo) => Math.Exp(logA[(after + 1)..(upTo + 1)].Sum());

        var y = Dense(length, 2, (_, _) => 0);
        var state = Dense(2, 3, (_, _) => 0);                                   // (P, N), before the chunk
        for (var s = 0; s < length; s += q)
        {
            var end = s + q - 1;
            var (bc, cc, xc) = (b.SubMatrix(s, q, 0, 3), c.SubMatrix(s, q, 0, 3), x.SubMatrix(s, q, 0, 2));
            var mask = Dense(q, q, (i, j) => i < j ? 0 : Decay(s + j, s + i));
            var fromStart = Matrix<double>.Build.Diagonal(q, q, i => Decay(s - 1, s + i));
            var toEnd = Matrix<double>.Build.Diagonal(q, q, j => Decay(s + j, end));

            var intra = mask.PointwiseMultiply(cc * bc.Transpose()) * xc;       // 1: attention inside the chunk
            var added = xc.Transpose() * toEnd * bc;                            // 2: what the chunk adds to the state
            var inter = fromStart * cc * state.Transpose();                     // 4: what the state says inside the chunk
            y.SetSubMatrix(s, 0, intra + inter);
            state = (Decay(s - 1, end) * state) + added;                        // 3: the state passes on
        }

        var whole = Dense(length, length, (i, j) => i < j ? 0 : Decay(j, i)).PointwiseMultiply(c * b.Transpose()) * x;
        Print($"three chunks of four, and all at once: the same: {Same(y, whole)}");
        #endregion
    }

    public void Forms()
    {
        #region Forms
        var inputs = new SsdInputs
        {
            X = NormalTensor(1, 2, 100, 4, 8),                                  // (b, l, h, p)
            Dt = NormalTensor(2, 2, 100, 4).abs(),                              // (b, l, h)
            A = tensor(new[] { -0.1, -1, -4, -16 }),                            // (h)
            B = NormalTensor(3, 2, 100, 1, 16),                                 // (b, l, g, n)
            C = NormalTensor(4, 2, 100, 1, 16),
            D = ones(4, dtype: ScalarType.Float64),
        };
        var expected = SsdOperator.Run(inputs, new SsdOptions { Form = SsdForm.Recurrent });
        foreach (var form in new[] { SsdForm.Quadratic, SsdForm.Chunked, SsdForm.Kernel })
            Print($"{form,-10} the same as Recurrent: {Same(SsdOperator.Run(inputs, new SsdOptions { Form = form }).Y, expected.Y)}");
        foreach (var q in new[] { 1, 16, 64, 1000 })
        {
            var options = new SsdOptions { Form = SsdForm.Chunked, ChunkSize = q };
            Print($"chunks of {q,4}: the same: {Same(SsdOperator.Run(inputs, options).Y, expected.Y)}");
        }
        #endregion
    }
}
