using SsdForecast.Runtime;
using SsdForecast.Torch.Networks;
using SsdForecast.Torch.Windows;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Training;

/// <summary>The training objective: error in units of the local scale, over positions and lead times whose target is observed.</summary>
internal static class Objective
{
    /// <summary>Targets in the units of the offsets, <c>(y − skip)/σ</c>, and their mask, <c>(b, T, H)</c> each.</summary>
    public static (Tensor Target, Tensor Mask) Targets(WindowBatch batch, NetworkOutput output)
    {
        var mask = batch.Ahead(batch.Mask) * batch.AtPositions(batch.Weight).unsqueeze(-1);
        return ((batch.Ahead(batch.Filled) - output.Skip) / output.Scale.unsqueeze(-1), mask);
    }

    /// <summary>The loss of a batch, a scalar.</summary>
    public static Tensor Loss(WindowBatch batch, NetworkOutput output, ModelConfig config, PointLoss pointLoss)
    {
        var (target, mask) = Targets(batch, output);
        // A young series, whose window is not yet full, counts for less: what is learned must serve where forecasts are made.
        mask = mask * (batch.Behind(batch.Weight, batch.Lookback).mean([-1L])).square().unsqueeze(-1);
        if (config.Quantiles.Count == 0 && pointLoss == PointLoss.Squared)
        {
            var squared = (target - output.Offsets.squeeze(-1)).square() * mask;
            return squared.sum() / mask.sum().clamp_min(1);
        }
        var levels = tensor(config.Levels.Select(q => (float)q).ToArray(), device: target.device);
        return PinballLoss.Of(target, output.Offsets, mask, levels);
    }
}
