using SsdForecast.Torch.Blocks;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Networks;

/// <summary>What a causal network remembers of the positions before: the state of each layer and the last one-step skip, <c>(b, 1)</c>.</summary>
public sealed record CausalState(IReadOnlyList<BlockState> Layers, Tensor LastSkip)
{
    /// <summary>The tensors that a gradient flows through from one stretch of a sequence to the one before, in a fixed order.</summary>
    internal IReadOnlyList<Tensor> Carried => [.. Layers.SelectMany(l => l.Tensors)];

    /// <summary>The same state, owned by no dispose scope and by no graph.</summary>
    /// <remarks>Copied: some are views of a whole window, which would live on with them.</remarks>
    public CausalState Keep() => Map(t => t.detach().clone().DetachFromDisposeScope());

    /// <summary>Frees the tensors.</summary>
    public void Free()
    {
        foreach (var t in Carried) t.Dispose();
        LastSkip.Dispose();
    }

    /// <summary>The same numbers as leaves of a new graph: after a backward pass each carried tensor has its gradient.</summary>
    internal CausalState AsLeaves() => Map(t => t.detach().requires_grad_(true)) with { LastSkip = LastSkip };

    private CausalState Map(Func<Tensor, Tensor> map) => new([.. Layers.Select(l => l.With(map))], map(LastSkip));
}
