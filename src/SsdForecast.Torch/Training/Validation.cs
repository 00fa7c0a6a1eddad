using SsdForecast.Torch.Baselines;
using SsdForecast.Torch.Evaluation;
using SsdForecast.Torch.Windows;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Training;

/// <summary>The validation rows: the loss of a forecaster on them, and the shifts that calibrate its quantiles there.</summary>
/// <param name="data">Rows on a device.</param>
/// <param name="plan">Which rows are for validation.</param>
/// <param name="pointLoss">What a point model is judged by.</param>
internal sealed class Validation(SeriesTensors data, WindowPlan plan, PointLoss pointLoss)
{
    /// <summary>Runs a forecaster at origins, such as <see cref="Origins.Run"/>.</summary>
    public delegate IEnumerable<OriginBlock> Runner(IReadOnlyList<OriginRange> origins);

    /// <summary>Origins that are looked at, at most; beyond, they are thinned evenly.</summary>
    private const int MostOrigins = 6000;

    /// <summary>Targets a lead time below which a quantile of them says nothing.</summary>
    private const int FewestTargets = 100;

    private readonly IReadOnlyList<OriginRange> _origins = Thin(plan.ValidationOrigins());

    /// <summary>Mean loss over validation origins; NaN without any.</summary>
    public double Loss(Runner run)
    {
        var levels = data.Config.Levels.Select(q => (float)q).ToArray();
        double sum = 0, count = 0;
        foreach (var (target, output, mask) in Outputs(run))
        {
            var tau = tensor(levels, device: data.Device);
            var error = target.unsqueeze(-1) - output;
            var loss = data.Config.Quantiles.Count == 0 && pointLoss == PointLoss.Squared
                ? error.square()
                : maximum(error * tau, error * (tau - 1));
            sum += (loss.mean([-1L]) * mask).sum().item<float>();
            count += mask.sum().item<float>();
        }
        return count > 0 ? sum / count : double.NaN;
    }

    /// <summary>
    /// Shifts of the offsets that calibrate each lead time and level on the validation rows, <c>(H, Q)</c>; null where there are too few of them
    /// to say anything (under 100 targets a lead time).
    /// </summary>
    public Tensor? CalibrationShift(Runner run)
    {
        using var scope = NewDisposeScope();
        var residuals = new List<Tensor>();
        var masks = new List<Tensor>();
        foreach (var (target, output, mask) in Outputs(run))
        {
            // Kept past the block's own scope.
            residuals.Add((target.unsqueeze(-1) - output).DetachFromDisposeScope());
            masks.Add(mask.DetachFromDisposeScope());
        }
        try
        {
            if (masks.Count == 0) return null;
            var counted = cat(masks, 0);
            if (counted.sum(0).min().item<float>() < FewestTargets) return null;
            return OffsetQuantiles.Of(cat(residuals, 0), counted, data.Config.Levels).MoveToOuterDisposeScope();
        }
        finally
        {
            foreach (var t in residuals.Concat(masks)) t.Dispose();
        }
    }

    /// <summary>Targets <c>(k, H)</c>, offsets <c>(k, H, Q)</c> and masks <c>(k, H)</c> of all validation origins, block by block.</summary>
    private IEnumerable<(Tensor Target, Tensor Offsets, Tensor Mask)> Outputs(Runner run)
    {
        foreach (var block in run(_origins))
        {
            using var scope = NewDisposeScope();
            var (target, mask) = Objective.Targets(block.Batch, block.Output);
            var rows = tensor(block.Positions.Select(p => (long)p).ToArray(), device: data.Device);
            Tensor Rows(Tensor t) => t.select(0, block.Index).index_select(0, rows);
            yield return (Rows(target), Rows(block.Output.Offsets), Rows(mask));
        }
    }

    private static IReadOnlyList<OriginRange> Thin(IReadOnlyList<OriginRange> origins)
    {
        var total = origins.Sum(o => (long)o.Count);
        var stride = (int)Math.Max(1, (total + MostOrigins - 1) / MostOrigins);
        return [.. origins.Select(o => o with { Stride = stride })];
    }
}
