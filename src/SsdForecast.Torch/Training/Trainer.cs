using System.Diagnostics;
using SsdForecast.Data;
using SsdForecast.Torch.Evaluation;
using SsdForecast.Torch.Networks;
using SsdForecast.Torch.Parallel.Collectives;
using SsdForecast.Torch.Training.Exchange;
using SsdForecast.Torch.Training.Steps;
using SsdForecast.Torch.Windows;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Training;

/// <summary>What a training run did.</summary>
/// <param name="Epochs">Epochs run.</param>
/// <param name="BestEpoch">The epoch whose weights were kept; 0 is the untrained network, ridge regression.</param>
/// <param name="Steps">Optimizer steps.</param>
/// <param name="TrainingLoss">Mean training loss of each epoch.</param>
/// <param name="ValidationLoss">Validation loss after each epoch, the first before training.</param>
/// <param name="SamplesPerSecond">Training positions a second, over all processes, in the steps alone: without validation.</param>
/// <param name="Duration">Time it took.</param>
public sealed record TrainingRun(
    int Epochs,
    int BestEpoch,
    long Steps,
    IReadOnlyList<double> TrainingLoss,
    IReadOnlyList<double> ValidationLoss,
    double SamplesPerSecond,
    TimeSpan Duration);

/// <summary>
/// AdamW with warm-up and cosine, clipped gradients and early stopping; the weights of the best validation loss are kept. Within an epoch nothing waits for
/// the device: a step is queued while the device is at earlier ones, and losses are read at the end.
/// </summary>
public sealed class Trainer
{
    private const int ReportEvery = 8;

    private readonly ForecastNetwork _network;
    private readonly SeriesTensors _data;
    private readonly WindowPlan _plan;
    private readonly TrainingOptions _options;
    private readonly ICollective _group;
    private readonly Validation _validation;
    private readonly Func<StepSource> _source;

    /// <summary>Prepares a run.</summary>
    /// <param name="network">The network, on the device of the data.</param>
    /// <param name="data">Rows on the device.</param>
    /// <param name="plan">Which windows are for what.</param>
    /// <param name="options">How to train.</param>
    /// <param name="group">The processes that share each batch; null for this one alone. All run the same with the same data.</param>
    /// <exception cref="ArgumentException">An option is out of range, or not for this network.</exception>
    public Trainer(ForecastNetwork network, SeriesTensors data, WindowPlan plan, TrainingOptions options, ICollective? group = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (_network, _data, _plan, _options, _group) = (network, data, plan, options, group ?? Alone.Instance);
        _validation = new Validation(data, plan, options.PointLoss);
        var (rank, size) = (_group.Rank, _group.Size);
        if (options.SequenceChunk == 0)
        {
            _source = () => new WindowSteps(network, data, plan, options, rank, size);
            return;
        }
        var causal = network as CausalNetwork ?? throw new ArgumentException("sequence_chunk is for causal models; a direct model takes a window at a time", nameof(options));
        _source = () => new SequenceSteps(causal, data, plan.Sequences(Math.Max(1, options.BatchSize), options.SequenceChunk * options.GradientChunks), options, rank, size);
    }

    /// <summary>Least size of a bucket of gradients; see <see cref="GradientExchange"/>.</summary>
    internal double? BucketMebibytes { get; init; }

    private bool IsFirst => _group.Rank == 0;

    /// <summary>Whether a step uses each matrix once.</summary>
    private bool UsesOnce => _options.SequenceChunk == 0 || _options.GradientChunks == 1;

    /// <summary>Trains.</summary>
    /// <param name="progress">Is told of every few steps and of every epoch.</param>
    /// <param name="cancellation">Stops after the step in progress; the best weights so far are kept. That of the first process counts.</param>
    public TrainingRun Run(IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        using var parameters = new FlatParameters(_network, rounds: UsesOnce);
        _group.Broadcast(parameters.Values);
        using var optimizer = new FlatAdamW(parameters, _options.WeightDecay, _options.SkipLearningRate);
        using var exchange = new GradientExchange(_group, parameters, _network, BucketMebibytes);
        using var source = _source();
        using var best = new BestWeights(parameters);
        var schedule = new LearningRateSchedule(_options.LearningRate, _options.WarmUp, (long)_options.Epochs * source.StepsPerEpoch);
        var history = new TrainingHistory();
        var checkpoint = _options.CheckpointFolder is { } folder && IsFirst ? new Checkpoint(folder, _options, _network, parameters, optimizer) : null;
        var resumed = checkpoint?.Resume(history, best) == true;
        var goesOn = new Resumption(_group, parameters, optimizer, best).Share(resumed, history);
        parameters.Round();
        if (!goesOn) best.Offer(0, history.Add(Judge(double.PositiveInfinity)));
        var speed = new TrainingSpeed(_options.Epochs, source);

        var stopped = false;
        for (var epoch = history.Epochs + 1; epoch <= _options.Epochs && history.Epochs - best.Epoch < _options.Patience; epoch++)
        {
            // Dropout is each process's own; the windows are drawn by one seed in all.
            manual_seed((Seed(epoch) + (_group.Rank * 7919L)) & int.MaxValue);
            _network.train();
            speed.Start();
            source.BeginEpoch(Seed(epoch), history.Steps);
            using var loss = new EpochLoss(_data.Device);
            var ran = 0;
            for (; ran < source.StepsPerEpoch; ran++)
            {
                stopped = IsToStop(ran, cancellation);
                if (stopped) break;
                Step(ran, source, exchange, parameters, optimizer, schedule.At(history.Steps + ran), loss);
                if ((ran + 1) % ReportEvery == 0 && ran + 1 < source.StepsPerEpoch)
                    progress?.Report(speed.Progress(history, best.Loss, loss.Late(), ran + 1));
            }
            if (ran == 0) break;
            history.AddEpoch(loss.Mean(), ran);
            speed.Stop(ran);
            best.Offer(epoch, history.Add(Judge(history.Training[^1])));
            // An epoch cut short is not one to resume from: the checkpoint stays that of the last whole one.
            if (!stopped) checkpoint?.Save(history, best);
            progress?.Report(speed.Progress(history, best.Loss));
            if (stopped) break;
        }

        if (!double.IsFinite(best.Loss))
            throw new DataException($"training came to no result: the loss is {best.Loss}; look for absurd values in the data, or lower the learning rate ({_options.LearningRate})");
        best.Restore();
        if (!stopped) checkpoint?.Delete();
        return new TrainingRun(history.Epochs, best.Epoch, history.Steps, history.Training, history.Validation, speed.SamplesPerSecond, clock.Elapsed);
    }

    /// <summary>Steps to be timed. The network is left as the last step left it.</summary>
    internal StepTimer Timer()
    {
        var parameters = new FlatParameters(_network, rounds: UsesOnce);
        var optimizer = new FlatAdamW(parameters, _options.WeightDecay, _options.SkipLearningRate);
        var exchange = new GradientExchange(_group, parameters, _network, BucketMebibytes);
        var source = _source();
        var loss = new EpochLoss(_data.Device);
        manual_seed(Seed(1));
        _network.train();
        source.BeginEpoch(Seed(1), 0);
        return new StepTimer(
            _data.Device,
            source,
            (step, clock) => Step(step, source, exchange, parameters, optimizer, _options.LearningRate, loss, clock),
            () => loss.Mean(),
            [source, loss, optimizer, exchange, parameters]);
    }

    private void Step(int step, StepSource source, GradientExchange exchange, FlatParameters parameters, FlatAdamW optimizer, double learningRate, EpochLoss loss, PhaseClock? clock = null)
    {
        using var scope = NewDisposeScope();
        exchange.Begin();
        source.Accumulate(step, parameters, clock);
        exchange.End();
        // A tenth of a target is as good as none.
        loss.Add(optimizer.Advance(_options.ClipNorm, 0.1 / source.NominalTargets, learningRate));
        clock?.Passed(Phase.Optimizer);
    }

    /// <summary>Whether to stop before a step. Several processes agree on it now and then, since all must stop at the same one.</summary>
    private bool IsToStop(int step, CancellationToken cancellation)
        => _group.Size == 1 ? cancellation.IsCancellationRequested
            : step % ReportEvery == 0 && _group.Broadcast([cancellation.IsCancellationRequested ? 1 : 0])[0] != 0;

    /// <summary>The validation loss, or without validation rows the training loss. The first process judges for all.</summary>
    private double Judge(double trainingLoss)
    {
        var loss = double.NaN;
        if (IsFirst)
        {
            _network.eval();
            // Warmed up like a training window is; the whole past would cost more than it tells here.
            loss = _validation.Loss((origins, visit) => Origins.Run(_network, _data, origins, visit, warmUp: 2 * _plan.Positions), _options.Calibrate);
        }
        loss = _group.Broadcast([loss])[0];
        return double.IsNaN(loss) ? trainingLoss : loss;
    }

    /// <summary>An epoch's own seed, so that a resumed run draws what an uninterrupted one would.</summary>
    private int Seed(int epoch) => unchecked((_options.Seed * 1_000_003) + epoch) & int.MaxValue;
}
