using System.Diagnostics;
using SsdForecast.Data;
using SsdForecast.Torch.Evaluation;
using SsdForecast.Torch.Networks;
using SsdForecast.Torch.Windows;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Training;

/// <summary>What a training run did.</summary>
/// <param name="Epochs">Epochs run.</param>
/// <param name="BestEpoch">The epoch whose weights were kept; 0 is the untrained network, ridge regression.</param>
/// <param name="Steps">Optimizer steps.</param>
/// <param name="TrainingLoss">Mean training loss of each epoch.</param>
/// <param name="ValidationLoss">Validation loss after each epoch, the first before training.</param>
/// <param name="SamplesPerSecond">Training positions a second.</param>
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
/// AdamW with warm-up and cosine, clipped gradients and early stopping; the weights of the best validation loss are kept. Losses are read once an
/// epoch and at progress reports only, so that a GPU is never made to wait.
/// </summary>
public sealed class Trainer
{
    private const int ReportEvery = 8;

    private readonly ForecastNetwork _network;
    private readonly SeriesTensors _data;
    private readonly WindowPlan _plan;
    private readonly TrainingOptions _options;
    private readonly Validation _validation;
    private readonly int _batchSize;
    private readonly int _stepsPerEpoch;

    /// <summary>Prepares a run.</summary>
    /// <param name="network">The network, on the device of the data.</param>
    /// <param name="data">Rows on the device.</param>
    /// <param name="plan">Which windows are for what.</param>
    /// <param name="options">How to train.</param>
    public Trainer(ForecastNetwork network, SeriesTensors data, WindowPlan plan, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (_network, _data, _plan, _options) = (network, data, plan, options);
        _validation = new Validation(data, plan, options.PointLoss);
        _batchSize = options.BatchSize > 0 ? options.BatchSize : plan.Positions == 1 ? 64 : 16;
        _stepsPerEpoch = options.StepsPerEpoch > 0
            ? options.StepsPerEpoch
            : (int)Math.Clamp(plan.TrainingPositions / ((long)_batchSize * plan.Positions), 16, 200);
    }

    /// <summary>Trains.</summary>
    /// <param name="progress">Is told of every few steps and of every epoch.</param>
    /// <param name="cancellation">Stops after the step in progress; the best weights so far are kept.</param>
    public TrainingRun Run(IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        using var optimizer = CreateOptimizer();
        var total = (long)_options.Epochs * _stepsPerEpoch;
        var schedule = optim.lr_scheduler.LambdaLR(optimizer, step => LearningRateAt(step, total));
        var history = new TrainingHistory();
        using var best = new BestWeights(_network);
        var checkpoint = _options.CheckpointFolder is { } folder ? new Checkpoint(folder, _options, _network, optimizer) : null;
        if (checkpoint?.Resume(history, best) != true) best.Offer(0, history.Add(Judge(double.PositiveInfinity)));
        for (var s = 0; s < history.Steps; s++) schedule.step();
        var stepsBefore = history.Steps;

        for (var epoch = history.Epochs + 1; epoch <= _options.Epochs && history.Epochs - best.Epoch < _options.Patience && !cancellation.IsCancellationRequested; epoch++)
        {
            manual_seed(Seed(epoch));
            var random = new Random(Seed(epoch));
            _network.train();
            using var sum = zeros(1, device: _data.Device).DetachFromDisposeScope();
            var ran = 0;
            for (; ran < _stepsPerEpoch && !cancellation.IsCancellationRequested; ran++)
            {
                Step(optimizer, random, sum);
                schedule.step();
                if ((ran + 1) % ReportEvery == 0 && ran + 1 < _stepsPerEpoch)
                    progress?.Report(Progress(epoch, ran + 1, sum, history, best, stepsBefore, clock, ended: false));
            }
            if (ran == 0) break;
            history.AddEpoch(sum.item<float>() / ran, ran);
            best.Offer(epoch, history.Add(Judge(history.Training[^1])));
            // An epoch cut short is not one to resume from: the checkpoint stays that of the last whole one.
            if (!cancellation.IsCancellationRequested) checkpoint?.Save(history, best);
            progress?.Report(Progress(epoch, 0, sum, history, best, stepsBefore, clock, ended: true));
        }

        if (!double.IsFinite(best.Loss))
            throw new DataException($"training came to no result: the loss is {best.Loss}; look for absurd values in the data, or lower the learning rate ({_options.LearningRate})");
        best.Restore();
        if (!cancellation.IsCancellationRequested) checkpoint?.Delete();
        var samples = (history.Steps - stepsBefore) * _batchSize * (double)_plan.Positions;
        return new TrainingRun(history.Epochs, best.Epoch, history.Steps, history.Training, history.Validation, samples / clock.Elapsed.TotalSeconds, clock.Elapsed);
    }

    /// <summary>The validation loss, or without validation rows the training loss.</summary>
    private double Judge(double trainingLoss)
    {
        _network.eval();
        // Warmed up like a training window is; the whole past would cost more than it tells here.
        var loss = _validation.Loss((origins, visit) => Origins.Run(_network, _data, origins, visit, warmUp: 2 * _plan.Positions), _options.Calibrate);
        return double.IsNaN(loss) ? trainingLoss : loss;
    }

    private void Step(optim.Optimizer optimizer, Random random, Tensor sum)
    {
        using var scope = NewDisposeScope();
        var batch = _data.Gather(_plan.Sample(random, _batchSize), _plan.Positions);
        optimizer.zero_grad();
        var loss = Objective.Loss(batch, _network.call(batch), _network.Config, _options.PointLoss);
        loss.backward();
        nn.utils.clip_grad_norm_(_network.parameters(), _options.ClipNorm);
        optimizer.step();
        using var _ = no_grad();
        sum.add_(loss.detach());
    }

    private AdamW CreateOptimizer()
    {
        var groups = ParameterGroups.Of(_network);
        return optim.AdamW(
            [
                new AdamW.ParamGroup(groups.Decayed, new AdamW.Options { LearningRate = _options.LearningRate, weight_decay = _options.WeightDecay }),
                new AdamW.ParamGroup(groups.Plain, new AdamW.Options { LearningRate = _options.LearningRate, weight_decay = 0 }),
                new AdamW.ParamGroup(groups.Skip, new AdamW.Options { LearningRate = _options.LearningRate * _options.SkipLearningRate, weight_decay = 0 }),
            ],
            _options.LearningRate);
    }

    /// <summary>Part of the highest learning rate at a step: a line up, then a cosine down to a hundredth.</summary>
    private double LearningRateAt(int step, long total)
    {
        var rise = Math.Max(1, _options.WarmUp * total);
        if (step < rise) return (step + 1) / rise;
        var progress = Math.Min(1, (step - rise) / Math.Max(1, total - rise));
        return 0.01 + (0.99 * 0.5 * (1 + Math.Cos(Math.PI * progress)));
    }

    /// <summary>An epoch's own seed, so that a resumed run draws what an uninterrupted one would.</summary>
    private int Seed(int epoch) => unchecked((_options.Seed * 1_000_003) + epoch) & int.MaxValue;

    private TrainingProgress Progress(int epoch, int stepInEpoch, Tensor sum, TrainingHistory history, BestWeights best, long stepsBefore, Stopwatch clock, bool ended)
    {
        var steps = history.Steps + stepInEpoch;
        var total = (long)_options.Epochs * _stepsPerEpoch;
        var perSecond = (steps - stepsBefore) / clock.Elapsed.TotalSeconds;
        return new TrainingProgress(
            epoch,
            _options.Epochs,
            steps,
            total,
            ended ? history.Training[^1] : sum.item<float>() / stepInEpoch,
            history.Validation[^1],
            best.Loss,
            perSecond * _batchSize * _plan.Positions,
            TimeSpan.FromSeconds(Math.Max(0, total - steps) / Math.Max(perSecond, 1e-9)),
            ended);
    }
}
