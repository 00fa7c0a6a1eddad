using SsdForecast.Runtime;
using SsdForecast.Torch.Networks;
using SsdForecast.Torch.Windows;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Training;

/// <summary>
/// The training objective: error in units of the local scale, over positions and lead times whose target is observed. It is a mean, but batches are added up
/// as sums, so that parts of one batch on several devices or in several chunks weigh what they hold; the optimizer divides in the end.
/// </summary>
/// <param name="config">Architecture.</param>
/// <param name="pointLoss">What a point model is trained by.</param>
/// <param name="nominal">Targets of a whole batch if all were observed: a unit that keeps sums near 1, known without asking the device.</param>
/// <param name="device">Where the batches are.</param>
internal sealed class Objective(ModelConfig config, PointLoss pointLoss, double nominal, Device device) : IDisposable
{
    // On the device once: a copy to it in each step would make the host wait.
    private readonly Tensor _levels = tensor(config.Levels.Select(q => (float)q).ToArray(), device: device).DetachFromDisposeScope();

    /// <summary>Targets in the units of the offsets, <c>(y − skip)/σ</c>, and their mask, <c>(b, T, H)</c> each.</summary>
    public static (Tensor Target, Tensor Mask) Targets(WindowBatch batch, NetworkOutput output) => (Target(batch, output), Mask(batch));

    /// <summary>What the targets of a batch weigh, <c>(b, T, H)</c>: their mask, less in a window that is not yet full. It hangs on the data alone.</summary>
    public static Tensor Weights(WindowBatch batch)
    {
        using var _ = no_grad();
        // What is learned from a young series must serve where forecasts are made.
        return Mask(batch) * (batch.Behind(batch.Weight, batch.Lookback).mean([-1L])).square().unsqueeze(-1);
    }

    /// <summary>
    /// The sum of the losses of a batch and the weight of its targets, both as parts of <c>nominal</c>, scalars. The loss of several batches together is the
    /// sum of the losses over the sum of the weights.
    /// </summary>
    public (Tensor Loss, Tensor Weight) Sums(WindowBatch batch, NetworkOutput output)
    {
        var (target, mask) = (Target(batch, output), batch.TargetWeights ?? Weights(batch));
        if (config.Quantiles.Count == 0 && pointLoss == PointLoss.Squared)
            return (InOrder.Sum((target - output.Offsets.squeeze(-1)).square() * (mask * (1 / nominal))), InOrder.Sum(mask) * (1 / nominal));
        return PinballLoss.Sums(target, output.Offsets, mask, _levels.to_type(target.dtype), nominal);
    }

    public void Dispose() => _levels.Dispose();

    private static Tensor Target(WindowBatch batch, NetworkOutput output) => (batch.Ahead(batch.Filled) - output.Skip) / output.Scale.unsqueeze(-1);

    private static Tensor Mask(WindowBatch batch) => batch.Ahead(batch.Mask) * batch.AtPositions(batch.Weight).unsqueeze(-1);
}
