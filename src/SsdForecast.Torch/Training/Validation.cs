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
    public delegate void Runner(IReadOnlyList<OriginRange> origins, Action<OriginBlock> visit);

    /// <summary>Origins that are looked at, at most; beyond, they are thinned evenly.</summary>
    private const int MostOrigins = 6000;

    /// <summary>Targets a lead time below which a quantile of them says nothing.</summary>
    private const int FewestTargets = 100;

    private readonly IReadOnlyList<OriginRange> _origins = Thin(plan.ValidationOrigins());

    /// <summary>
    /// Mean loss over validation origins; NaN without any, infinite where the forecasts are no numbers. A quantile model is judged as it would be shipped, with the calibration that these rows
    /// would give it: else the one whose intervals happen to have the right width would win over the one with the better shape.
    /// </summary>
    /// <param name="run">Runs the forecaster.</param>
    /// <param name="calibrated">Whether it will be calibrated.</param>
    public double Loss(Runner run, bool calibrated)
    {
        using var scope = NewDisposeScope();
        using var residuals = Collect(run);
        if (residuals is null) return double.NaN;
        var errors = residuals.Errors;
        if (calibrated && data.Config.Quantiles.Count > 0 && Suffices(residuals)) errors = errors - OffsetQuantiles.Of(errors, residuals.Mask, data.Config.Levels);
        var levels = tensor(data.Config.Levels.Select(q => (float)q).ToArray(), device: data.Device);
        var loss = data.Config.Quantiles.Count == 0 && pointLoss == PointLoss.Squared
            ? errors.square()
            : maximum(errors * levels, errors * (levels - 1));
        var targets = residuals.Mask.sum().item<float>();
        if (targets == 0) return double.NaN;
        // Weights that give no numbers are worse than any others.
        var mean = (loss.mean([-1L]) * residuals.Mask).sum().item<float>() / targets;
        return float.IsNaN(mean) ? double.PositiveInfinity : mean;
    }

    /// <summary>Shifts of the offsets that calibrate each lead time and level on the validation rows, <c>(H, Q)</c>; null where there are too few.</summary>
    public Tensor? CalibrationShift(Runner run)
    {
        using var scope = NewDisposeScope();
        using var residuals = Residuals(run);
        return residuals is null ? null : OffsetQuantiles.Of(residuals.Errors, residuals.Mask, data.Config.Levels).MoveToOuterDisposeScope();
    }

    /// <summary>All residuals; null where there are too few to say anything (under 100 targets at some lead time).</summary>
    public Residuals? Residuals(Runner run)
    {
        var residuals = Collect(run);
        if (residuals is null || Suffices(residuals)) return residuals;
        residuals.Dispose();
        return null;
    }

    private static bool Suffices(Residuals residuals)
    {
        using var scope = NewDisposeScope();
        return residuals.Mask.sum(0L).min().item<float>() >= FewestTargets;
    }

    private Residuals? Collect(Runner run)
    {
        var errors = new List<Tensor>();
        var masks = new List<Tensor>();
        Visit(run, (target, output, mask) =>
        {
            // Kept past the visit's own scope.
            errors.Add((target.unsqueeze(-1) - output).DetachFromDisposeScope());
            masks.Add(mask.DetachFromDisposeScope());
        });
        var all = masks.Count == 0 ? null : new Residuals(cat(errors, 0), cat(masks, 0));
        foreach (var t in errors.Concat(masks)) t.Dispose();
        if (all is null || all.Mask.sum().item<float>() > 0) return all;
        all.Dispose();
        return null;
    }

    /// <summary>Visits targets <c>(k, H)</c>, offsets <c>(k, H, Q)</c> and masks <c>(k, H)</c> of all validation origins, block by block.</summary>
    private void Visit(Runner run, Action<Tensor, Tensor, Tensor> visit) => run(_origins, block =>
    {
        using var scope = NewDisposeScope();
        var (target, mask) = Objective.Targets(block.Batch, block.Output);
        var rows = tensor(block.Positions.Select(p => (long)p).ToArray(), device: data.Device);
        Tensor Rows(Tensor t) => t.select(0, block.Index).index_select(0, rows);
        visit(Rows(target), Rows(block.Output.Offsets), Rows(mask));
    });

    private static IReadOnlyList<OriginRange> Thin(IReadOnlyList<OriginRange> origins)
    {
        var total = origins.Sum(o => (long)o.Count);
        var stride = (int)Math.Max(1, (total + MostOrigins - 1) / MostOrigins);
        return [.. origins.Select(o => o with { Stride = stride })];
    }
}
