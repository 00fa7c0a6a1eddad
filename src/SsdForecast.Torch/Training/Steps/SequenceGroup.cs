using SsdForecast.Torch.Networks;
using SsdForecast.Torch.Windows;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Training.Steps;

/// <summary>
/// Neighbouring chunks of a long sequence whose gradient is exact together: that of one pass over all their positions from the state before them, which
/// counts as a constant.
/// </summary>
/// <param name="network">The network; its parameters get the gradients.</param>
/// <param name="gather">The window of a chunk, from 0. May be called twice for each.</param>
/// <param name="chunks">Number of chunks, at least 1.</param>
/// <param name="loss">The loss of a chunk, a scalar; the losses are added up. Called once for each chunk.</param>
internal sealed class SequenceGroup(CausalNetwork network, Func<int, WindowBatch> gather, int chunks, Func<WindowBatch, NetworkOutput, Tensor> loss)
{
    /// <summary>
    /// Whether activations are kept for one chunk at a time and computed anew in the backward pass: memory of one chunk, and of a state a chunk, for a
    /// forward pass more.
    /// </summary>
    public bool Recompute { get; init; }

    /// <summary>Sets torch's seed for a chunk, each time before it is run; null where nothing is random.</summary>
    public Action<int>? Seed { get; init; }

    /// <summary>Is told of phases.</summary>
    public PhaseClock? Clock { get; init; }

    /// <summary>Adds the gradient of the group to that of the parameters.</summary>
    /// <param name="state">The state before the first position; null for zero.</param>
    /// <returns>The state after the last position, in no scope and in no graph.</returns>
    public CausalState Backward(CausalState? state) => Recompute && chunks > 1 ? ChunkByChunk(state) : AtOnce(state);

    private CausalState AtOnce(CausalState? state)
    {
        using var scope = NewDisposeScope();
        Tensor? total = null;
        for (var k = 0; k < chunks; k++)
        {
            Seed?.Invoke(k);
            var batch = gather(k);
            Clock?.Passed(Phase.Data);
            (var output, state) = network.Run(batch, state);
            var part = loss(batch, output);
            total = total is null ? part : total + part;
            Clock?.Passed(Phase.Forward);
        }
        total!.backward();
        Clock?.Passed(Phase.Backward);
        return state!.Keep();
    }

    private CausalState ChunkByChunk(CausalState? state)
    {
        var before = new CausalState?[chunks];
        before[0] = state;
        using (no_grad())
            for (var k = 0; k + 1 < chunks; k++)
            {
                using var scope = NewDisposeScope();
                Seed?.Invoke(k);
                before[k + 1] = network.Advance(gather(k), before[k]).Keep();
                Clock?.Passed(Phase.Forward);
            }

        CausalState? last = null;
        IReadOnlyList<Tensor> upstream = [];
        for (var k = chunks - 1; k >= 0; k--)
        {
            using var scope = NewDisposeScope();
            Seed?.Invoke(k);
            var start = k == 0 ? before[0] : before[k]!.AsLeaves();
            var batch = gather(k);
            Clock?.Passed(Phase.Data);
            var (output, after) = network.Run(batch, start);
            var part = loss(batch, output);
            Clock?.Passed(Phase.Forward);
            last ??= after.Keep();
            Pull(part, upstream.Count == 0 ? [] : after.Carried, upstream);
            foreach (var gradient in upstream) gradient.Dispose();
            upstream = k == 0 ? [] : [.. start!.Carried.Select(t => (t.grad ?? zeros_like(t)).DetachFromDisposeScope())];
            if (k > 0) before[k]!.Free();
            Clock?.Passed(Phase.Backward);
        }
        return last!;
    }

    /// <summary>The gradient of a chunk's own loss and of what later chunks make of its last state.</summary>
    private static void Pull(Tensor loss, IReadOnlyList<Tensor> states, IReadOnlyList<Tensor> upstream)
    {
        // A state without a parameter behind it, such as the empty history of a block without convolution, has no gradient to hand on.
        var open = Enumerable.Range(0, states.Count).Where(i => states[i].requires_grad && states[i].numel() > 0).ToList();
        autograd.backward([loss, .. open.Select(i => states[i])], [ones_like(loss), .. open.Select(i => upstream[i])]);
    }
}
