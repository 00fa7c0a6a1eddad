using static TorchSharp.torch;

namespace SsdForecast.Torch.Parallel;

/// <summary>
/// What a stretch of a sequence does to a state: <c>S ↦ Decay·S + State</c>. Two stretches compose to one, so stretches can be computed apart, each
/// from a zero state, and joined afterwards. This is all that workers have to exchange: its size does not depend on the length.
/// </summary>
/// <param name="State">State after the stretch from a zero state, <c>(b, h, p, n)</c>.</param>
/// <param name="Decay">Decay over the whole stretch, <c>(b, h, 1, 1)</c>, or <c>(b, h, 1, n)</c> for diagonal A.</param>
public sealed record SegmentSummary(Tensor State, Tensor Decay)
{
    /// <summary>This stretch followed by another.</summary>
    public SegmentSummary Then(SegmentSummary next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return new SegmentSummary((next.Decay * State) + next.State, next.Decay * Decay);
    }

    /// <summary>The state after this stretch, from a state before it.</summary>
    public Tensor Apply(Tensor before) => (Decay * before) + State;
}
