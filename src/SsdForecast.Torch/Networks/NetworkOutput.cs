using static TorchSharp.torch;

namespace SsdForecast.Torch.Networks;

/// <summary>What a forecasting network says at each position: the forecast is <c>skip + scale · offsets</c> in scaled units.</summary>
/// <param name="Skip">The linear skip, <c>(b, T, H)</c>.</param>
/// <param name="Scale">The local scale σ, <c>(b, T)</c>.</param>
/// <param name="Offsets">Quantile offsets in units of σ, <c>(b, T, H, Q)</c>.</param>
public readonly record struct NetworkOutput(Tensor Skip, Tensor Scale, Tensor Offsets)
{
    /// <summary>Quantiles in scaled units, ascending in the last axis, <c>(b, T, H, Q)</c>.</summary>
    public Tensor Quantiles()
        => (Skip.unsqueeze(-1) + Scale.unsqueeze(-1).unsqueeze(-1) * Offsets).sort(-1).Values;
}
