using MathNet.Numerics.LinearAlgebra;
using SsdForecast.Torch.Ssd;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Documentation;

/// <summary>Sections 9 and 10: both directions, and heads that share.</summary>
public class AnnotatedDirections : AnnotatedSamples
{
    public void Quasiseparable()
    {
        #region Quasiseparable
        QuasiseparableInputs.Direction Direction(int seed) => new(
            NormalTensor(seed, 1, 6, 1).abs(), NormalTensor(seed + 1, 1, 6, 1, 1), NormalTensor(seed + 2, 1, 6, 1, 1));
        var inputs = new QuasiseparableInputs
        {
            X = NormalTensor(1, 1, 6, 1, 2),
            Diagonal = tensor(new double[] { 9, 8, 7, 6, 5, 4 }).reshape(1, 6, 1),
            A = tensor(new[] { -0.5 }),
            Forward = Direction(10),
            Reverse = Direction(20),
        };
        var m = Dense(6, 6, (i, j) => QuasiseparableOperator.MixingMatrix(inputs)[0, 0, i, j].item<double>());
        Print(m);
        var below = Enumerable.Range(1, 5).Select(t => m.SubMatrix(t, 6 - t, 0, t).Rank());
        var above = Enumerable.Range(1, 5).Select(t => m.SubMatrix(0, t, t, 6 - t).Rank());
        Print($"N = 1: ranks strictly below the diagonal {string.Join(' ', below)}, strictly above {string.Join(' ', above)}; of all {m.Rank()}");

        var dense = QuasiseparableOperator.Run(inputs, form: QuasiseparableForm.Dense);
        foreach (var form in new[] { QuasiseparableForm.TwoPasses, QuasiseparableForm.Merged, QuasiseparableForm.Kernel })
            Print($"{form,-10} the same as Dense: {Same(QuasiseparableOperator.Run(inputs, form: form), dense)}");
        #endregion
    }

    public void HeadPatterns()
    {
        #region HeadPatterns
        const int heads = 4, p = 8, n = 16, length = 30;
        var patterns = new[] { ("MIS", 4, 1, 1), ("GIS", 4, 2, 2), ("MCS", 1, 1, 4), ("MES", 1, 4, 1), ("MHS", 4, 4, 4) };
        foreach (var (name, ofX, ofB, ofC) in patterns)
        {
            var shared = new SsdInputs
            {
                X = NormalTensor(1, 1, length, ofX, p),
                Dt = NormalTensor(2, 1, length, heads).abs(),
                A = -ones(heads, dtype: ScalarType.Float64),
                B = NormalTensor(3, 1, length, ofB, n),
                C = NormalTensor(4, 1, length, ofC, n),
            };
            var repeated = shared with
            {
                X = shared.X.repeat_interleave(heads / ofX, 2),
                B = shared.B.repeat_interleave(heads / ofB, 2),
                C = shared.C.repeat_interleave(heads / ofC, 2),
            };
            var same = Same(SsdOperator.Run(shared).Y, SsdOperator.Run(repeated).Y);
            Print($"{name}: {(ofX * p) + ((ofB + ofC) * n) + heads,3} numbers a token, state {heads * p * n}; the same as repeated: {same}");
        }
        #endregion
    }
}
