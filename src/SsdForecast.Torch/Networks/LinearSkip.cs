using SsdForecast.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Networks;

/// <summary>
/// The linear map of the window that the network corrects: <c>s = μ + W·w(f − μ) + K·known</c>. Zero until it is set to the ridge solution.
/// Parameters: <c>weight (H, L)</c>, <c>known (H, H·n_known)</c>.
/// </summary>
public sealed class LinearSkip : nn.Module<Tensor, Tensor?, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter? known;

    /// <summary>Creates a skip of zeros: the forecast is the window's mean.</summary>
    public LinearSkip(ModelConfig config) : base(nameof(LinearSkip))
    {
        weight = new Parameter(zeros(config.Horizon, config.Lookback));
        if (config.KnownCovariates > 0) known = new Parameter(zeros(config.Horizon, config.Horizon * config.KnownCovariates));
        RegisterComponents();
    }

    /// <summary>The part without μ.</summary>
    /// <param name="deviations"><c>w(f − μ)</c>, <c>(b, T, L)</c>.</param>
    /// <param name="knownAhead">Known covariates of the horizon, <c>(b, T, H·n)</c>, or null.</param>
    /// <returns><c>(b, T, H)</c>.</returns>
    public override Tensor forward(Tensor deviations, Tensor? knownAhead)
    {
        var s = matmul(deviations, weight.t());
        return known is null || knownAhead is null ? s : s + matmul(knownAhead, known.t());
    }

    /// <summary>Sets the map.</summary>
    /// <param name="solution"><c>(H, L + H·n_known)</c>.</param>
    public void Set(Tensor solution)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        weight.copy_(solution.narrow(1, 0, weight.shape[1]));
        known?.copy_(solution.narrow(1, weight.shape[1], known.shape[1]));
    }
}
