using SsdForecast.Torch.Networks;
using SsdForecast.Torch.Windows;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Training.Steps;

/// <summary>
/// The batches of an epoch, drawn at random, with all that hangs on the data alone. A GPU gathers those of some steps at once: that is some sixty launches, which take the
/// host as long for one step as for many.
/// </summary>
internal sealed class SampledBatches : IDisposable
{
    /// <summary>Windows whose places go to the device at once; more than an epoch has, as a rule.</summary>
    private const int PlacesAtOnce = 1 << 20;

    /// <summary>Steps that are gathered at once, at most, and numbers of the largest tensor that this makes, about, where a single step has no more.</summary>
    private const int MostTogether = 8;
    private const long NumbersTogether = 1 << 24;

    private readonly ForecastNetwork _network;
    private readonly SeriesTensors _data;
    private readonly WindowPlan _plan;
    private readonly int _batchSize;
    private readonly (int First, int Count) _share;
    private readonly int _steps;
    private readonly int _together;
    private Random _random = new(0);
    private WindowIndex? _places;
    private long[] _numbers = [];
    private int _firstPlaced;
    private WindowBatch? _gathered;
    private int _firstGathered;

    /// <summary>Prepares batches.</summary>
    /// <param name="network">Who reads them.</param>
    /// <param name="data">Rows on the device.</param>
    /// <param name="plan">Where windows may lie.</param>
    /// <param name="batchSize">Windows of a step, over all processes.</param>
    /// <param name="share">Which of them are this process's.</param>
    /// <param name="steps">Steps an epoch.</param>
    /// <param name="together">Steps that are gathered at once; as many as suit the device when null.</param>
    public SampledBatches(ForecastNetwork network, SeriesTensors data, WindowPlan plan, int batchSize, (int First, int Count) share, int steps, int? together = null)
    {
        (_network, _data, _plan, _batchSize, _share, _steps) = (network, data, plan, batchSize, share, steps);
        var config = data.Config;
        // What lies behind each position, or the channels of all rows, which patches may hold twice.
        var (behind, rows) = ((long)plan.Positions * config.Lookback, (long)config.Lookback + plan.Positions + config.Horizon);
        var channels = 2 + config.PastCovariates + config.KnownCovariates + (2 * config.Calendar.Count);
        var numbers = Math.Max(1, share.Count) * Math.Max(behind, 2 * rows * channels);
        _together = together ?? (data.Device.type == DeviceType.CPU ? 1 : (int)Math.Clamp(NumbersTogether / numbers, 1, MostTogether));
    }

    private int PlacedTogether => Math.Max(1, PlacesAtOnce / _batchSize);

    /// <summary>Begins an epoch: what it draws hangs on the seed alone.</summary>
    public void Begin(int seed)
    {
        _random = new Random(seed);
        Draw(0);
    }

    /// <summary>This process's share of a step's batch, which must not be empty. Steps are asked for in turn; a batch is gone when the next is asked for.</summary>
    public WindowBatch At(int step)
    {
        if (step >= _firstPlaced + PlacedTogether) Draw(step);
        if (_gathered is null || step >= _firstGathered + (_gathered.Batch / _share.Count)) Gather(step);
        return _gathered!.Part((long)(step - _firstGathered) * _share.Count, _share.Count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Forget();
        _places?.Dispose();
    }

    /// <summary>Draws the windows of the steps to come, the whole batch of each, and keeps this process's share.</summary>
    private void Draw(int step)
    {
        Forget();
        _places?.Dispose();
        _firstPlaced = step;
        var steps = Math.Min(PlacedTogether, _steps - step);
        // Large arrays, were they made anew each epoch, would have .NET's collector at work beside the steps.
        if (_numbers.Length != 3 * steps * _share.Count) _numbers = new long[3 * steps * _share.Count];
        var next = 0;
        for (var s = 0; s < steps; s++)
            foreach (var window in _plan.Sample(_random, _batchSize).AsSpan(_share.First, _share.Count)) WindowIndex.Write(_numbers, next++, window);
        _places = WindowIndex.Upload(_numbers, _data.Device);
    }

    private void Gather(int step)
    {
        Forget();
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var first = (long)(step - _firstPlaced) * _share.Count;
        var batch = _data.Gather(_places!, first, Math.Min((long)_together * _share.Count, _places!.Count - first), _plan.Positions);
        batch = _network.Prepare(batch) with { TargetWeights = Objective.Weights(batch) };
        (_gathered, _firstGathered) = (batch.Select(t => t.DetachFromDisposeScope()), step);
    }

    private void Forget()
    {
        _gathered?.Select(t =>
        {
            t.Dispose();
            return t;
        });
        _gathered = null;
    }
}
