using SsdForecast.Runtime;
using SsdForecast.Torch.Blocks;
using SsdForecast.Torch.Parallel;
using SsdForecast.Torch.Ssd;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Documentation;

/// <summary>Sections 11 to 13: splitting and serving, state size, the block.</summary>
public class AnnotatedService : AnnotatedSamples
{
    public void Segments()
    {
        #region Segments
        SsdInputs Sequence(int start, int end) => new()
        {
            X = NormalTensor(1, 1, 90, 2, 4).narrow(1, start, end - start),
            Dt = NormalTensor(2, 1, 90, 2).abs().narrow(1, start, end - start) * 0.02,
            A = tensor(new[] { -1.0, -4 }),
            B = NormalTensor(3, 1, 90, 1, 8).narrow(1, start, end - start),
            C = NormalTensor(4, 1, 90, 1, 8).narrow(1, start, end - start),
        };

        // A segment, whatever came before it: h ↦ decay·h + state.
        SegmentSummary Summary(int start, int end)
        {
            var segment = Sequence(start, end);
            var decay = (segment.Dt.sum(1) * segment.A).exp().reshape(1, 2, 1, 1);
            return new SegmentSummary(SsdOperator.Run(segment).FinalStates, decay);
        }

        var whole = SsdOperator.Run(Sequence(0, 90));
        var joined = Summary(0, 20).Then(Summary(20, 70)).Then(Summary(70, 90));
        var otherwise = Summary(0, 20).Then(Summary(20, 70).Then(Summary(70, 90)));
        Print($"three segments joined, and the whole: the same: {Same(joined.State, whole.FinalStates)}");
        Print($"joined from the right, and from the left: the same: {Same(otherwise.State, joined.State)}");
        Print($"outputs of four workers, and of one: the same: {Same(SequenceParallel.Run(Sequence(0, 90), workers: 4).Y, whole.Y)}");
        #endregion
    }

    public void Serving()
    {
        #region Serving
        var inputs = new SsdInputs
        {
            X = NormalTensor(1, 1, 100, 2, 4),
            Dt = NormalTensor(2, 1, 100, 2).abs(),
            A = tensor(new[] { -0.1, -1.0 }),
            B = NormalTensor(3, 1, 100, 1, 8),
            C = NormalTensor(4, 1, 100, 1, 8),
        };
        SsdOutput Part(int start, int length, Tensor? state) => SsdOperator.Run(inputs with
        {
            X = inputs.X.narrow(1, start, length),
            Dt = inputs.Dt.narrow(1, start, length),
            B = inputs.B.narrow(1, start, length),
            C = inputs.C.narrow(1, start, length),
            InitialStates = state,
        });

        var all = SsdOperator.Run(inputs, new SsdOptions { Form = SsdForm.Quadratic }).Y;
        var history = Part(0, 90, null);                                        // prefill: in parallel
        var (state, outputs) = (history.FinalStates, new List<Tensor> { history.Y });
        for (var t = 90; t < 100; t++)
        {
            var step = Part(t, 1, state);                                       // serve: one event, constant work
            outputs.Add(step.Y);
            state = step.FinalStates;
        }

        Print($"90 at once and 10 one by one, against masked attention over all 100: the same: {Same(cat(outputs, 1), all)}");
        Print($"what is carried from event to event: {state.numel()} numbers");
        #endregion
    }

    public void Recall()
    {
        #region Recall
        // Sixteen pairs of key and value go into one state; then each value is asked for by its key.
        foreach (var n in new[] { 8, 32, 128, 512 })
        {
            var (keys, values) = (Normal(1, 16, n) / Math.Sqrt(n), Normal(2, 16, 4));
            var state = values.Transpose() * keys;                              // Σ x_j B_jᵀ, without decay
            var recalled = keys * state.Transpose();                            // y = S C with C = B_j
            var error = (recalled - values).FrobeniusNorm() / values.FrobeniusNorm();
            Print($"N {n,3}: relative error {error:0.00}, √(15/N) = {Math.Sqrt(15.0 / n):0.00}");
        }
        #endregion
    }

    public void Block()
    {
        #region Block
        var config = new BlockConfig { DModel = 16, DState = 8, HeadDim = 8, Expand = 2, DConv = 4 };
        using var block = new Mamba2Block(config).to(ScalarType.Float64);
        foreach (var (name, parameter) in block.named_parameters())
            Print($"{name,-16} ({string.Join(", ", parameter.shape)})");

        var u = NormalTensor(1, 1, 40, 16);
        var (whole, _) = block.Run(u);
        var (first, state) = block.Run(u.narrow(1, 0, 25));
        var (second, _) = block.Run(u.narrow(1, 25, 15), state: state);
        Print($"carried: convolution ({string.Join(", ", state.Convolution.shape)}), state ({string.Join(", ", state.Ssm.shape)})");
        Print($"25 and 15 steps, and 40: the same: {Same(cat([first, second], 1), whole)}");
        #endregion
    }
}
