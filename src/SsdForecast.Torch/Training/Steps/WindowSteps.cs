using SsdForecast.Torch.Networks;
using SsdForecast.Torch.Windows;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Training.Steps;

/// <summary>Batches of windows drawn at random.</summary>
internal sealed class WindowSteps : StepSource
{
    private readonly ForecastNetwork _network;
    private readonly WindowPlan _plan;
    private readonly Objective _objective;
    private readonly SampledBatches _batches;
    private readonly int _batchSize;
    private readonly (int First, int Count) _share;

    /// <summary>Prepares batches.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">Rows on the device.</param>
    /// <param name="plan">Where windows may lie.</param>
    /// <param name="options">Batch size and steps an epoch.</param>
    /// <param name="rank">Which process this is.</param>
    /// <param name="size">How many processes share a batch.</param>
    public WindowSteps(ForecastNetwork network, SeriesTensors data, WindowPlan plan, TrainingOptions options, int rank = 0, int size = 1)
    {
        (_network, _plan) = (network, plan);
        _batchSize = options.BatchSize > 0 ? options.BatchSize : plan.Positions == 1 ? 64 : 16;
        _share = Share(_batchSize, rank, size);
        StepsPerEpoch = options.StepsPerEpoch > 0 ? options.StepsPerEpoch : (int)Math.Clamp(plan.TrainingPositions / PositionsPerStep, 16, 200);
        _objective = new Objective(network.Config, options.PointLoss, NominalTargets, data.Device);
        _batches = new SampledBatches(network, data, plan, _batchSize, _share, StepsPerEpoch);
    }

    /// <inheritdoc/>
    public override int StepsPerEpoch { get; }

    /// <inheritdoc/>
    public override long PositionsPerStep => (long)_batchSize * _plan.Positions;

    /// <inheritdoc/>
    public override double NominalTargets => (double)PositionsPerStep * _network.Config.Horizon;

    /// <inheritdoc/>
    public override void BeginEpoch(int seed, long stepsBefore) => _batches.Begin(seed);

    /// <inheritdoc/>
    public override void Accumulate(int step, FlatParameters parameters, PhaseClock? clock)
    {
        if (_share.Count == 0) return;
        using var scope = NewDisposeScope();
        var batch = _batches.At(step);
        clock?.Passed(Phase.Data);
        var (loss, weight) = _objective.Sums(batch, _network.call(batch));
        clock?.Passed(Phase.Forward);
        loss.backward();
        parameters.Tally(loss, weight);
        clock?.Passed(Phase.Backward);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _batches.Dispose();
        _objective.Dispose();
    }
}
