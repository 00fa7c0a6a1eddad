using SsdForecast.Torch.Cuda.Steps;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Training;

/// <summary>
/// The pinball (quantile) loss <c>mean of max(τ·e, (τ−1)·e)</c>, <c>e = target − quantile</c>, over what the mask allows. The gradient is known with
/// the value, so it is computed in the same pass and the large intermediate tensors are never kept.
/// </summary>
public static class PinballLoss
{
    /// <summary>The loss.</summary>
    /// <param name="target">Targets, <c>(…, H)</c>.</param>
    /// <param name="quantiles">Quantiles, <c>(…, H, Q)</c>.</param>
    /// <param name="mask">1 where the target counts, <c>(…, H)</c>.</param>
    /// <param name="levels">Levels τ, <c>(Q)</c>.</param>
    /// <returns>A scalar; 0 when nothing counts.</returns>
    public static Tensor Of(Tensor target, Tensor quantiles, Tensor mask, Tensor levels)
        => Sum(target, quantiles, mask / (mask.sum() * levels.shape[0]).clamp_min(1), levels);

    /// <summary>The weighted sum of <c>max(τ·e, (τ−1)·e)</c>, a scalar.</summary>
    /// <param name="target">Targets, <c>(…, H)</c>.</param>
    /// <param name="quantiles">Quantiles, <c>(…, H, Q)</c>.</param>
    /// <param name="weight">Weight of a target, <c>(…, H)</c>; 0 where it does not count.</param>
    /// <param name="levels">Levels τ, <c>(Q)</c>.</param>
    public static Tensor Sum(Tensor target, Tensor quantiles, Tensor weight, Tensor levels)
        => Function.apply(target, quantiles, weight, levels);

    /// <summary>The loss of a batch and the weight of its targets, scalars: <see cref="Sum"/> over all lead times, the mean over the levels, in a unit. On CUDA two launches, and one backward.</summary>
    /// <param name="target">Targets, <c>(…, H)</c>.</param>
    /// <param name="quantiles">Quantiles, <c>(…, H, Q)</c>.</param>
    /// <param name="weight">Weight of a target, <c>(…, H)</c>; 0 where it does not count.</param>
    /// <param name="levels">Levels τ, <c>(Q)</c>.</param>
    /// <param name="unit">What both sums are divided by.</param>
    internal static (Tensor Loss, Tensor Weight) Sums(Tensor target, Tensor quantiles, Tensor weight, Tensor levels, double unit)
    {
        var (ofLoss, ofWeight) = (1 / (unit * levels.shape[0]), 1 / unit);
        return FusedPinball.Applies(target, quantiles)
            ? FusedPinball.Run(target, quantiles, weight, levels, ofLoss, ofWeight)
            : (Sum(target, quantiles, weight * ofLoss, levels), InOrder.Sum(weight) * ofWeight);
    }

    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        public override string Name => nameof(PinballLoss);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (target, quantiles, weight, levels) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Tensor)vars[3]);
            using var scope = NewDisposeScope();
            var error = target.unsqueeze(-1) - quantiles;
            // Slope of the loss in the error: τ above the quantile, τ − 1 below it.
            var slope = (levels - (error < 0).to_type(error.dtype)) * weight.unsqueeze(-1);
            var loss = InOrder.Sum(error * slope);
            ctx.save_for_backward([slope.neg().MoveToOuterDisposeScope(), slope.sum(-1).MoveToOuterDisposeScope()]);
            return loss.MoveToOuterDisposeScope();
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            var saved = ctx.get_saved_variables();
            return [grad_output * saved[1], grad_output * saved[0], null!, null!];
        }
    }
}
