using SsdForecast.Runtime;
using SsdForecast.Torch.Blocks;
using SsdForecast.Torch.Encoders;
using SsdForecast.Torch.Windows;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Networks;

/// <summary>
/// What both networks share: an embedding, an SSD encoder, a linear skip, and a head that starts at zero, so that before training the network is its
/// skip. Equations in docs/model.md; the field names are the keys of the model folder.
/// </summary>
public abstract class ForecastNetwork : nn.Module<WindowBatch, NetworkOutput>
{
    /// <summary>The encoder; <c>backbone.*</c>.</summary>
    protected readonly Encoder backbone;

    /// <summary>Token to <c>d_model</c>; <c>embed.*</c>.</summary>
    protected readonly Projection embed;

    /// <summary>Encoding to quantile offsets; <c>head.*</c>.</summary>
    protected readonly Projection head;

    /// <summary>The linear skip; <c>skip.*</c>.</summary>
    protected readonly LinearSkip skip;

    /// <summary>Creates the parts.</summary>
    /// <param name="name">Name in messages.</param>
    /// <param name="config">Architecture.</param>
    /// <param name="backbone">The encoder.</param>
    /// <param name="headInputs">Width of what the head reads.</param>
    protected ForecastNetwork(string name, ModelConfig config, Encoder backbone, long headInputs) : base(name)
    {
        Config = config;
        this.backbone = backbone;
        embed = new Projection(config.InputWidth, config.Block.DModel, hasBias: true);
        head = new Projection(headInputs, (long)config.Horizon * config.Outputs, hasBias: true);
        skip = new LinearSkip(config);
        using var _ = no_grad();
        head.Weight.zero_();
        head.Bias!.zero_();
    }

    /// <summary>The architecture.</summary>
    public ModelConfig Config { get; }

    /// <summary>The linear skip.</summary>
    public LinearSkip Skip => skip;

    /// <summary>Precision in which the encoder's layers compute.</summary>
    public ScalarType ComputeType
    {
        get => backbone.ComputeType;
        set => backbone.ComputeType = value;
    }

    /// <summary>Builds the network of a config, with fresh parameters drawn from torch's random generator.</summary>
    public static ForecastNetwork Create(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        return config.Kind == ForecasterKind.Causal ? new CausalNetwork(config) : new DirectNetwork(config);
    }

    /// <summary>Adds to the offsets of every forecast: <c>(H, Q)</c>, in units of σ.</summary>
    public void ShiftOffsets(Tensor offsets)
    {
        using var _ = no_grad();
        head.Bias!.add_(offsets.flatten());
    }

    /// <summary>The skip at every position, and the statistics behind it.</summary>
    /// <returns>Skip <c>(b, T, H)</c>.</returns>
    public (Tensor Skip, WindowStatistics Statistics, Tensor? KnownAhead) RunSkip(WindowBatch batch)
    {
        var statistics = WindowStatistics.Of(batch);
        var ahead = batch.Known is null ? null : batch.Ahead(batch.Known);
        return (skip.forward(statistics.Deviations, ahead) + statistics.Mean.unsqueeze(-1), statistics, ahead);
    }

    /// <summary>Offsets from encodings: <c>(b, T, d)</c> → <c>(b, T, H, Q)</c>.</summary>
    protected Tensor RunHead(Tensor encoded)
        => head.forward(encoded).reshape(encoded.shape[0], encoded.shape[1], Config.Horizon, Config.Outputs);
}
