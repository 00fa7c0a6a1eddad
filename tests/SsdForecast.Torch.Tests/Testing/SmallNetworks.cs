using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Torch.Networks;
using SsdForecast.Torch.Windows;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests;

/// <summary>Networks and rows just large enough to train on, without fitting anything.</summary>
internal static class SmallNetworks
{
    public static ModelConfig Config(ForecasterKind kind = ForecasterKind.Causal, double dropout = 0, int layers = 2) => new()
    {
        Kind = kind,
        Block = new BlockConfig { DModel = 8, DState = 4, HeadDim = 8 },
        Layers = layers,
        Lookback = 12,
        Horizon = 4,
        Quantiles = [0.1, 0.5, 0.9],
        PatchLength = 6,
        PatchStride = 3,
        Dropout = dropout,
    };

    /// <summary>A network whose head is not zero, so that gradients reach everything.</summary>
    public static ForecastNetwork Create(ModelConfig config, int seed = 1, ScalarType dtype = ScalarType.Float32)
    {
        manual_seed(seed);
        var network = ForecastNetwork.Create(config);
        using (no_grad())
        using (NewDisposeScope())
            foreach (var (_, parameter) in network.named_parameters().Where(p => p.name.StartsWith("head.", StringComparison.Ordinal)))
                parameter.copy_(randn(parameter.shape) * 0.3);
        return dtype == ScalarType.Float32 ? network : network.to(dtype);
    }

    /// <summary>Rows of a table, scaled by themselves.</summary>
    public static SeriesTensors Rows(SeriesTable table, ModelConfig config)
    {
        var scalers = table.Series.ToDictionary(s => s.Id, s => Scaler.Fit(s.Values));
        scalers[Preprocessor.DefaultSeries] = Scaler.Identity;
        var preprocessor = new Preprocessor { SeriesScalers = scalers, CovariateScalers = new Dictionary<string, Scaler>(), Layout = "long", Season = 1 };
        return SeriesTensors.From(table, preprocessor, config, CPU);
    }

    /// <summary>The same window in another precision.</summary>
    public static WindowBatch To(this WindowBatch batch, ScalarType dtype) => batch with
    {
        Filled = batch.Filled.to_type(dtype),
        Mask = batch.Mask.to_type(dtype),
        Weight = batch.Weight.to_type(dtype),
        Elapsed = batch.Elapsed?.to_type(dtype),
    };

    /// <summary>The gradients of all parameters, one after another.</summary>
    public static Tensor Gradients(ForecastNetwork network)
        => cat([.. network.parameters().Select(p => (p.grad ?? zeros_like(p)).flatten())], 0);
}
