using SsdForecast.Runtime;
using SsdForecast.Torch.Evaluation;
using SsdForecast.Torch.Networks;
using SsdForecast.Torch.Training;
using SsdForecast.Torch.Windows;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Baselines;

/// <summary>
/// Ridge regression with calibrated intervals: the linear skip alone, its quantiles taken from residuals on the validation rows. The floor that a
/// network has to beat, and where a network's training starts.
/// </summary>
public sealed class RidgeBaseline : IDisposable
{
    private const long MostPositions = 60_000;

    private readonly LinearSkip _skip;
    private readonly Tensor _offsets;

    private RidgeBaseline(RidgeSolution solution, LinearSkip skip, Tensor offsets, Tensor size)
        => (Solution, _skip, _offsets, Size) = (solution, skip, offsets, size);

    /// <summary>The solution.</summary>
    public RidgeSolution Solution { get; }

    /// <summary>Quantile offsets in units of σ, <c>(H, Q)</c>.</summary>
    public Tensor Offsets => _offsets;

    /// <summary>Size of the errors at each lead time, in units of σ, <c>(H)</c>: half of what holds 80 % of them.</summary>
    public Tensor Size { get; }

    /// <summary>Fits it.</summary>
    /// <param name="data">Rows on a device.</param>
    /// <param name="plan">Which rows are for training and validation.</param>
    public static RidgeBaseline Fit(SeriesTensors data, WindowPlan plan)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(plan);
        // Outside the scope below: what belongs to the baseline outlives this call.
        var skip = new LinearSkip(data.Config).to(data.Device);
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        // Overlapping windows say much the same, so a table of millions of rows is thinned.
        var rows = (int)Math.Min(256, Math.Max(plan.Positions, 64));
        var training = plan.CoverTraining(rows, MostPositions);
        var solution = RidgeSkipSolver.Solve(data, training, plan.CoverValidation(rows), rows);
        solution.Weights.DetachFromDisposeScope();
        skip.Set(solution.Weights);
        foreach (var parameter in skip.parameters()) parameter.DetachFromDisposeScope();

        var zero = zeros(data.Config.Horizon, data.Config.Outputs, device: data.Device).DetachFromDisposeScope();
        var size = ones(data.Config.Horizon, device: data.Device).DetachFromDisposeScope();
        var ridge = new RidgeBaseline(solution, skip, zero, size);
        var residuals = new Validation(data, plan, PointLoss.Absolute).Residuals((origins, visit) => ridge.Run(data, origins, visit))
            ?? ridge.TrainingResiduals(data, training, rows);
        var (error, mask) = (residuals.Errors.narrow(-1, 0, 1), residuals.Mask);
        var tails = OffsetQuantiles.Of(error, mask, [0.1, 0.9]);
        size.copy_(((tails.select(1, 1) - tails.select(1, 0)) / 2).clamp_min(1e-3));
        if (data.Config.Quantiles.Count > 0) zero.copy_(OffsetQuantiles.Of(error, mask, data.Config.Levels));
        residuals.Dispose();
        return ridge;
    }

    /// <summary>Forecasts at origins.</summary>
    public void Run(SeriesTensors data, IReadOnlyList<OriginRange> origins, Action<OriginBlock> visit) => Origins.RunSeparately(Forecast, data, origins, visit);

    /// <inheritdoc/>
    public void Dispose()
    {
        Solution.Weights.Dispose();
        _skip.Dispose();
        _offsets.Dispose();
        Size.Dispose();
    }

    private NetworkOutput Forecast(WindowBatch batch)
    {
        var statistics = WindowStatistics.Of(batch);
        var s = _skip.forward(statistics.Deviations, batch.Known is null ? null : batch.Ahead(batch.Known)) + statistics.Mean.unsqueeze(-1);
        return new NetworkOutput(s, statistics.Scale, _offsets.expand(batch.Batch, batch.Positions, -1, -1));
    }

    private Residuals TrainingResiduals(SeriesTensors data, IReadOnlyList<Window> windows, int rows)
    {
        var errors = new List<Tensor>();
        var masks = new List<Tensor>();
        foreach (var chunk in windows.Take(Math.Max(1, OffsetQuantiles.Capacity / rows)).Chunk(8))
        {
            var batch = data.Gather(chunk, rows);
            var (target, mask) = Objective.Targets(batch, Forecast(batch));
            errors.Add(target.flatten(0, 1).unsqueeze(-1));
            masks.Add(mask.flatten(0, 1));
        }
        return new Residuals(cat(errors, 0), cat(masks, 0));
    }
}
