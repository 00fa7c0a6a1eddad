using SsdForecast.Torch.Networks;
using SsdForecast.Torch.Windows;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Training.Steps;

/// <summary>Batches of windows drawn at random.</summary>
internal sealed class WindowSteps : StepSource
{
    /// <summary>Windows whose places go to the device at once; more than an epoch has, as a rule.</summary>
    private const int PlacesAtOnce = 1 << 20;

    private readonly ForecastNetwork _network;
    private readonly SeriesTensors _data;
    private readonly WindowPlan _plan;
    private readonly Objective _objective;
    private readonly int _batchSize;
    private readonly (int First, int Count) _share;
    private Random _random = new(0);
    private WindowIndex? _places;
    private int _firstStep;

    /// <summary>Prepares batches.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">Rows on the device.</param>
    /// <param name="plan">Where windows may lie.</param>
    /// <param name="options">Batch size and steps an epoch.</param>
    /// <param name="rank">Which process this is.</param>
    /// <param name="size">How many processes share a batch.</param>
    public WindowSteps(ForecastNetwork network, SeriesTensors data, WindowPlan plan, TrainingOptions options, int rank = 0, int size = 1)
    {
        (_network, _data, _plan) = (network, data, plan);
        _batchSize = options.BatchSize > 0 ? options.BatchSize : plan.Positions == 1 ? 64 : 16;
        _share = Share(_batchSize, rank, size);
        StepsPerEpoch = options.StepsPerEpoch > 0 ? options.StepsPerEpoch : (int)Math.Clamp(plan.TrainingPositions / PositionsPerStep, 16, 200);
        _objective = new Objective(network.Config, options.PointLoss, NominalTargets, data.Device);
    }

    /// <inheritdoc/>
    public override int StepsPerEpoch { get; }

    /// <inheritdoc/>
    public override long PositionsPerStep => (long)_batchSize * _plan.Positions;

    /// <inheritdoc/>
    public override double NominalTargets => (double)PositionsPerStep * _data.Config.Horizon;

    private int StepsAtOnce => Math.Max(1, PlacesAtOnce / _batchSize);

    /// <inheritdoc/>
    public override void BeginEpoch(int seed, long stepsBefore)
    {
        _random = new Random(seed);
        Draw(0);
    }

    /// <inheritdoc/>
    public override void Accumulate(int step, FlatParameters parameters, PhaseClock? clock)
    {
        if (step == _firstStep + StepsAtOnce) Draw(step);
        if (_share.Count == 0) return;
        using var scope = NewDisposeScope();
        var batch = _data.Gather(_places!, (long)(step - _firstStep) * _share.Count, _share.Count, _plan.Positions);
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
        _places?.Dispose();
        _objective.Dispose();
    }

    /// <summary>Draws the windows of the steps to come, the whole batch of each, and keeps this process's share.</summary>
    private void Draw(int step)
    {
        _places?.Dispose();
        _firstStep = step;
        var windows = new List<Window>();
        for (var s = 0; s < Math.Min(StepsAtOnce, StepsPerEpoch - step); s++)
            windows.AddRange(_plan.Sample(_random, _batchSize).AsSpan(_share.First, _share.Count));
        _places = WindowIndex.Upload(windows, _data.Device);
    }
}
