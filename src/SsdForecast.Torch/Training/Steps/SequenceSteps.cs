using SsdForecast.Torch.Networks;
using SsdForecast.Torch.Windows;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Training.Steps;

/// <summary>
/// Whole series walked from their first training row to their last: a step is a group of chunks, the state goes on from group to group, the gradient does not
/// (docs/training.md).
/// </summary>
internal sealed class SequenceSteps : StepSource
{
    private readonly CausalNetwork _network;
    private readonly SeriesTensors _data;
    private readonly SequencePlan _plan;
    private readonly TrainingOptions _options;
    private readonly Objective _objective;
    private readonly int _rank;
    private readonly int _size;
    private readonly List<(int First, int Count)> _shares = [];
    private WindowIndex? _places;
    private CausalState? _state;
    private long _stepsBefore;
    private int _seed;

    /// <summary>Prepares the walk.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">Rows on the device.</param>
    /// <param name="plan">Which stretches; each is <c>SequenceChunk · GradientChunks</c> positions long.</param>
    /// <param name="options">Chunks, recomputation, steps an epoch.</param>
    /// <param name="rank">Which process this is.</param>
    /// <param name="size">How many processes share the lanes.</param>
    public SequenceSteps(CausalNetwork network, SeriesTensors data, SequencePlan plan, TrainingOptions options, int rank = 0, int size = 1)
    {
        (_network, _data, _plan, _options, _rank, _size) = (network, data, plan, options, rank, size);
        StepsPerEpoch = options.StepsPerEpoch > 0 ? options.StepsPerEpoch : plan.Steps;
        _objective = new Objective(network.Config, options.PointLoss, NominalTargets, data.Device);
    }

    /// <inheritdoc/>
    public override int StepsPerEpoch { get; }

    /// <inheritdoc/>
    public override long PositionsPerStep => (long)_plan.Lanes * _options.SequenceChunk * _options.GradientChunks;

    /// <inheritdoc/>
    public override double NominalTargets => (double)PositionsPerStep * _data.Config.Horizon;

    /// <inheritdoc/>
    public override void BeginEpoch(int seed, long stepsBefore)
    {
        // A resumed run has no state of the epoch before, so no run takes one over.
        Forget();
        (_seed, _stepsBefore) = (seed, stepsBefore);
        _shares.Clear();
        var windows = new List<Window>();
        for (var step = 0; step < StepsPerEpoch; step++)
        {
            var all = _plan.At(stepsBefore + step);
            var (first, count) = Share(all.Count, _rank, _size);
            _shares.Add((windows.Count, count));
            windows.AddRange(all.Skip(first).Take(count));
        }
        _places?.Dispose();
        _places = WindowIndex.Upload(windows, _data.Device);
    }

    /// <inheritdoc/>
    public override void Accumulate(int step, FlatParameters parameters, PhaseClock? clock)
    {
        if (_plan.IsFresh(_stepsBefore + step)) Forget();
        var (first, count) = _shares[step];
        if (count == 0) return;
        var group = new SequenceGroup(
            _network,
            k =>
            {
                // The backward pass of the first chunk ends the step's gradient, whether there is one for all chunks or one for each.
                if (_network.Marks is { } marks) marks.IsOpen = k == 0;
                return _data.Gather(_places!, first, count, _options.SequenceChunk, (long)k * _options.SequenceChunk);
            },
            _options.GradientChunks,
            (batch, output) =>
            {
                var (loss, weight) = _objective.Sums(batch, output);
                parameters.Tally(loss, weight);
                return loss;
            })
        {
            Recompute = _options.Recompute,
            Seed = _network.Config.Dropout > 0 ? k => manual_seed(Seed(step, k)) : null,
            Clock = clock,
        };
        var after = group.Backward(_state);
        Forget();
        _state = after;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Forget();
        _places?.Dispose();
        _objective.Dispose();
    }

    /// <summary>Dropout of a chunk must be the same when its activations are computed a second time.</summary>
    private int Seed(int step, int chunk) => unchecked((((_seed * 31) + _rank) * 1_000_003) + (step * _options.GradientChunks) + chunk) & int.MaxValue;

    private void Forget()
    {
        _state?.Free();
        _state = null;
    }
}
