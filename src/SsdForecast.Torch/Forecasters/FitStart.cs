using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Torch.Baselines;
using SsdForecast.Torch.Evaluation;
using SsdForecast.Torch.Networks;
using SsdForecast.Torch.Parallel.Collectives;
using SsdForecast.Torch.Training;
using SsdForecast.Torch.Windows;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Forecasters;

/// <summary>What training begins with: a network that is ridge regression, with its data on the device.</summary>
internal sealed class FitStart : IDisposable
{
    private readonly TrainingOptions _training;
    private readonly ICollective _group;
    private readonly SeriesTensors _data;
    private readonly WindowPlan _plan;
    private readonly bool _shortProducts = backends.cuda.matmul.allow_tf32;

    private FitStart(SeriesTable table, IReadOnlyList<Split> splits, ForecasterOptions options, TrainingOptions training, ICollective group)
    {
        (_training, _group, Splits) = (training, group, splits);
        Config = ModelPlan.Configure(table, splits, options);
        Preprocessor = ModelPlan.Fit(table, splits, options);
        Device = new Device(training.Device);
        manual_seed(training.Seed);
        Network = ForecastNetwork.Create(Config).to(Device);
        Network.ComputeType = training.ComputeType;

        _data = SeriesTensors.From(table, Preprocessor, Config, Device);
        _plan = new WindowPlan(Config, splits, training.SequenceChunk > 0 ? training.SequenceChunk * training.GradientChunks : training.WindowLength);
        using var ridge = RidgeBaseline.Fit(_data, _plan);
        group.Broadcast(ridge.Offsets);
        group.Broadcast(ridge.Size);
        Network.Skip.Set(ridge.Solution.Weights);
        Network.StartHeadAt(ridge.Offsets, ridge.Size);
        // Where the layers compute in two bytes, the products of embedding, skip and head may round theirs to TF32, three bits finer than bfloat16.
        if (training.ComputeType == ScalarType.BFloat16) backends.cuda.matmul.allow_tf32 = true;
    }

    public ModelConfig Config { get; }

    public Preprocessor Preprocessor { get; }

    public Device Device { get; }

    public IReadOnlyList<Split> Splits { get; }

    /// <summary>The network; it outlives this object.</summary>
    public ForecastNetwork Network { get; }

    /// <summary>Checks the options and prepares.</summary>
    /// <exception cref="DataException">The table does not fit the options.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static FitStart Prepare(SeriesTable table, ForecasterOptions options, TrainingOptions training, ICollective group)
    {
        training.Validate();
        if (options.Horizon < 1) throw new ArgumentException($"the horizon is {options.Horizon}; it must be 1 or more", nameof(options));
        if (training.SequenceChunk > 0 && options.Kind != ForecasterKind.Causal)
            throw new ArgumentException("sequence_chunk is for causal models; leave it out, or take kind causal", nameof(training));
        return new FitStart(table, [.. table.Series.Select(training.Split.Cut)], options, training, group);
    }

    public Trainer Trainer() => new(Network, _data, _plan, _training, _group);

    /// <summary>Shifts of the offsets that calibrate the quantiles on the validation rows, <c>(H, Q)</c>, as the first process finds them; null for none.</summary>
    public Tensor? CalibrationShift()
    {
        using var scope = NewDisposeScope();
        double[] numbers = [];
        if (_group.Rank == 0)
        {
            var validation = new Validation(_data, _plan, _training.PointLoss);
            var shift = validation.CalibrationShift((origins, visit) => Origins.Run(Network, _data, origins, visit));
            if (_group.Size == 1) return shift?.MoveToOuterDisposeScope();
            if (shift is not null) numbers = [.. shift.to_type(ScalarType.Float64).cpu().contiguous().data<double>()];
        }
        numbers = _group.Broadcast(numbers);
        return numbers.Length == 0
            ? null
            : tensor(numbers, [Config.Horizon, Config.Outputs], dtype: ScalarType.Float32, device: Device).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        backends.cuda.matmul.allow_tf32 = _shortProducts;
        _data.Dispose();
    }
}
