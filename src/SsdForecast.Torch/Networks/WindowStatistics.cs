using SsdForecast.Torch.Windows;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Networks;

/// <summary>
/// The local level and scale of docs/model.md, section 2: mean and standard deviation of the last <c>L</c> values at each position, and the values'
/// deviations from the mean, oldest first. Nothing here is trained.
/// </summary>
/// <param name="Mean">μ, <c>(b, T)</c>.</param>
/// <param name="Scale">σ, <c>(b, T)</c>.</param>
/// <param name="Deviations">Weighted deviations <c>w·(f − μ)</c>, <c>(b, T, L)</c>.</param>
/// <param name="Count">Number of values in the window, <c>(b, T)</c>.</param>
/// <param name="Fullness">ρ, the part of the window that has values, <c>(b, T)</c>.</param>
public readonly record struct WindowStatistics(Tensor Mean, Tensor Scale, Tensor Deviations, Tensor Count, Tensor Fullness)
{
    private const double Epsilon = 1e-5;

    /// <summary>Computes them for every position of a batch.</summary>
    public static WindowStatistics Of(WindowBatch batch)
    {
        using var _ = no_grad();
        var weight = batch.Behind(batch.Weight, batch.Lookback);            // (b, T, L)
        var count = weight.sum(-1);
        var atLeastOne = count.clamp_min(1);
        var mean = batch.Behind(batch.Filled * batch.Weight, batch.Lookback).sum(-1) / atLeastOne;
        var deviations = (batch.Behind(batch.Filled, batch.Lookback) - mean.unsqueeze(-1)) * weight;
        var variance = deviations.square().sum(-1) / atLeastOne;
        var full = count / batch.Lookback;
        return new WindowStatistics(mean, (1 - full + full * variance + Epsilon).sqrt(), deviations, count, full);
    }
}
