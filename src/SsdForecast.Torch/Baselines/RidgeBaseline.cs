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

    private RidgeBaseline(RidgeSolution solution, LinearSkip skip, Tensor offsets)
        => (Solution, _skip, _offsets) = (solution, skip, offsets);

    /// <summary>The solution.</summary>
    public RidgeSolution Solution { get; }

    /// <summary>Quantile offsets in units of σ, <c>(H, Q)</c>.</summary>
    public Tensor Offsets => _offsets;

    /// <summary>Fits it.</summary>
    /// <param name="data">Rows on a device.</param>
    /// <param name="plan">Which rows are for training and validation.</param>
    public static RidgeBaseline Fit(SeriesTensors data, WindowPlan plan)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(plan);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        // Overlapping windows say much the same, so a table of millions of rows is thinned.
        var rows = (int)Math.Min(256, Math.Max(plan.Positions, 64));
        var training = plan.CoverTraining(rows, MostPositions);
        var solution = RidgeSkipSolver.Solve(data, training, plan.CoverValidation(rows), rows);
        solution.Weights.DetachFromDisposeScope();
        var skip = new LinearSkip(data.Config).to(data.Device);
        skip.Set(solution.Weights);

        var bare = new RidgeBaseline(solution, skip, zeros(data.Config.Horizon, data.Config.Outputs, device: data.Device).DetachFromDisposeScope());
        var offsets = new Validation(data, plan, PointLoss.Absolute).CalibrationShift(o => bare.Run(data, o)) ?? bare.TrainingOffsets(data, training, rows);
        if (data.Config.Quantiles.Count > 0) bare._offsets.copy_(offsets);
        return bare;
    }

    /// <summary>Forecasts at origins.</summary>
    public IEnumerable<OriginBlock> Run(SeriesTensors data, IReadOnlyList<OriginRange> origins) => Origins.RunSeparately(Forecast, data, origins);

    /// <inheritdoc/>
    public void Dispose()
    {
        Solution.Weights.Dispose();
        _skip.Dispose();
        _offsets.Dispose();
    }

    private NetworkOutput Forecast(WindowBatch batch)
    {
        var statistics = WindowStatistics.Of(batch);
        var s = _skip.forward(statistics.Deviations, batch.Known is null ? null : batch.Ahead(batch.Known)) + statistics.Mean.unsqueeze(-1);
        return new NetworkOutput(s, statistics.Scale, _offsets.expand(batch.Batch, batch.Positions, -1, -1));
    }

    private Tensor TrainingOffsets(SeriesTensors data, IReadOnlyList<Window> windows, int rows)
    {
        var residuals = new List<Tensor>();
        var masks = new List<Tensor>();
        foreach (var chunk in windows.Take(Math.Max(1, OffsetQuantiles.Capacity / rows)).Chunk(8))
        {
            var batch = data.Gather(chunk, rows);
            var (target, mask) = Objective.Targets(batch, Forecast(batch));
            residuals.Add(target.flatten(0, 1).unsqueeze(-1));
            masks.Add(mask.flatten(0, 1));
        }
        return OffsetQuantiles.Of(cat(residuals, 0), cat(masks, 0), data.Config.Levels);
    }
}
