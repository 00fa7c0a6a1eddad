using SsdForecast.Torch.Blocks;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Networks;

/// <summary>What a causal network remembers of the positions before: the state of each layer and the last one-step skip, <c>(b, 1)</c>.</summary>
public sealed record CausalState(IReadOnlyList<BlockState> Layers, Tensor LastSkip)
{
    /// <summary>The same state, owned by no dispose scope and by no graph.</summary>
    public CausalState Keep() => new(
        [.. Layers.Select(l => new BlockState(l.Convolution.detach().DetachFromDisposeScope(), l.Ssm.detach().DetachFromDisposeScope()))],
        LastSkip.detach().DetachFromDisposeScope());

    /// <summary>Frees the tensors.</summary>
    public void Free()
    {
        foreach (var l in Layers)
        {
            l.Convolution.Dispose();
            l.Ssm.Dispose();
        }
        LastSkip.Dispose();
    }
}
