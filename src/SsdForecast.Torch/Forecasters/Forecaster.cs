using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Torch.Evaluation;
using SsdForecast.Torch.Networks;
using SsdForecast.Torch.Parallel.Collectives;
using SsdForecast.Torch.Training;
using SsdForecast.Torch.Windows;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Forecasters;

/// <summary>
/// A fitted forecaster: a network with what turns rows into its numbers. <see cref="Fit"/> a table, <see cref="Predict"/> what comes after it,
/// <see cref="ForecastAt"/> origins inside it, <see cref="Save"/> and <see cref="Load"/> the model folder. Not for several threads at once.
/// </summary>
public sealed class Forecaster : IDisposable
{
    private readonly ForecastNetwork _network;

    private Forecaster(ForecastNetwork network, Preprocessor preprocessor, TrainingRecord training, Device device)
    {
        _network = network;
        Preprocessor = preprocessor;
        Training = training;
        Device = device;
        network.eval();
    }

    /// <summary>The architecture.</summary>
    public ModelConfig Config => _network.Config;

    /// <summary>Scalers and column names.</summary>
    public Preprocessor Preprocessor { get; }

    /// <summary>Where the model comes from.</summary>
    public TrainingRecord Training { get; private set; }

    /// <summary>Where the network is.</summary>
    public Device Device { get; }

    /// <summary>Fits a forecaster to a table.</summary>
    /// <param name="table">The series.</param>
    /// <param name="options">What to fit.</param>
    /// <param name="training">How to train; null for the defaults.</param>
    /// <param name="progress">Is told how training goes.</param>
    /// <param name="cancellation">Ends training early; the best weights so far are kept.</param>
    /// <param name="group">
    /// The processes that train it together, each of which calls this with the same table and options but for the device: each batch is dealt out among them, and
    /// all get the same forecaster. Null for this process alone.
    /// </param>
    /// <exception cref="DataException">The table does not fit the options.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="CollectiveException">Another process failed or is gone.</exception>
    public static Forecaster Fit(
        SeriesTable table,
        ForecasterOptions options,
        TrainingOptions? training = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default,
        ICollective? group = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(options);
        training ??= new TrainingOptions();
        group ??= Alone.Instance;
        // Whatever is made on the way is freed at the end; the network's parameters belong to no scope.
        using var scope = NewDisposeScope();
        using var start = FitStart.Prepare(table, options, training, group);
        var network = start.Network;
        var run = start.Trainer().Run(progress, cancellation);
        network.FoldHead();
        network.eval();
        if (training.Calibrate && start.Config.Quantiles.Count > 0)
        {
            using var shift = start.CalibrationShift();
            if (shift is not null) network.ShiftOffsets(shift);
        }
        return new Forecaster(network, start.Preprocessor, TrainingRecords.Of(table, start.Splits, network, training, run, group.Size), start.Device);
    }

    /// <summary>Loads a model folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="device">Where to put the network, such as <c>cpu</c> or <c>cuda</c>.</param>
    /// <exception cref="ModelFormatException">A file is missing, altered or of another format.</exception>
    public static Forecaster Load(string folder, string device = "cpu")
    {
        var model = ModelFolder.Load(folder);
        var target = new Device(device);
        var network = ForecastNetwork.Create(model.Config);
        using (no_grad())
        using (NewDisposeScope())
            foreach (var (name, parameter) in network.named_parameters())
                parameter.copy_(tensor(model.Weights.Float32(name, parameter.shape), parameter.shape));
        return new Forecaster(network.to(target), model.Preprocessor, model.Training, target);
    }

    /// <summary>Writes the model folder: first beside it, then renamed, so that it is never half-written.</summary>
    /// <param name="folder">The folder; an older model in it is replaced.</param>
    public void Save(string folder)
    {
        using var scope = NewDisposeScope();
        ModelFolder.Save(
            folder,
            Config,
            Preprocessor,
            Training,
            [.. _network.named_parameters().Select(p => (p.name, p.parameter.shape, p.parameter.detach().to_type(ScalarType.Float32).cpu().contiguous().data<float>().ToArray()))]);
    }

    /// <summary>Adds held-out scores to the training record, so that <see cref="Save"/> writes them.</summary>
    public void Record(IReadOnlyList<MetricRow> metrics) => Training = Training with { Metrics = metrics };

    /// <summary>Forecasts what comes after the last observation of each series.</summary>
    /// <param name="table">Series of the same columns as those fitted; rows after the last observation may hold known covariates.</param>
    /// <returns>A forecast a series, in the order of the table; series without any observation are left out.</returns>
    public IReadOnlyList<Forecast> Predict(SeriesTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var origins = new List<OriginRange>();
        for (var i = 0; i < table.Series.Count; i++)
            if (table.Series[i].LastObserved is >= 0 and var last)
                origins.Add(new OriginRange(i, last, last, table.Series[i].Count));
        return [.. ForecastAt(table, origins).OrderBy(f => f.Series).Select(f => f.Forecast)];
    }

    /// <summary>Forecasts at origins inside a table. A causal model walks each series from its first row, as a stream does.</summary>
    /// <param name="table">Series of the same columns as those fitted.</param>
    /// <param name="origins">Where to forecast from.</param>
    /// <returns>Forecasts with the index of their series; in no order of series.</returns>
    public IReadOnlyList<(int Series, Forecast Forecast)> ForecastAt(SeriesTable table, IReadOnlyList<OriginRange> origins)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(origins);
        using var data = SeriesTensors.From(table, Preprocessor, Config, Device);
        var reader = new ForecastReader(table, Preprocessor, Config);
        Origins.Run(_network, data, origins, reader.Read);
        return reader.Forecasts;
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();
}
