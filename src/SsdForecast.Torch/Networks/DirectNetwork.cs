using SsdForecast.Runtime;
using SsdForecast.Torch.Encoders;
using SsdForecast.Torch.Windows;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Networks;

/// <summary>
/// A window in, the whole horizon out: overlapping patches, a bidirectional encoder, a flatten head. Where the future is known in part (covariates,
/// calendar), its patches follow those of the window. Equations: docs/model.md, section 3.
/// </summary>
public sealed class DirectNetwork : ForecastNetwork
{
    private readonly Parameter position;
    private readonly Dropout _dropout;

    /// <summary>Creates the network with fresh parameters.</summary>
    public DirectNetwork(ModelConfig config)
        : base(nameof(DirectNetwork), config, Encoder.Bidirectional(config.Block, config.Layers, config.Dropout), (PastPatches(config) + FuturePatches(config)) * config.Block.DModel)
    {
        position = new Parameter(randn(PastPatches(config) + FuturePatches(config), config.Block.DModel) * 0.02);
        _dropout = nn.Dropout(config.Dropout);
        RegisterComponents();
    }

    /// <summary>Patches of the lookback window.</summary>
    public static long PastPatches(ModelConfig config)
        => ((Padded(config) - config.PatchLength) / config.PatchStride) + 1;

    /// <summary>Patches of the horizon; none where nothing of the future is known.</summary>
    public static long FuturePatches(ModelConfig config)
        => config.KnownCovariates + config.Calendar.Count == 0 ? 0 : (config.Horizon + config.PatchLength - 1) / config.PatchLength;

    /// <summary>Lookback padded on the left so that patches fit exactly.</summary>
    private static long Padded(ModelConfig config)
    {
        var strides = Math.Max(0, (config.Lookback - config.PatchLength + config.PatchStride - 1) / config.PatchStride);
        return config.PatchLength + ((long)strides * config.PatchStride);
    }

    /// <inheritdoc/>
    /// <remarks>The batch must have one position, <c>T = 1</c>.</remarks>
    public override NetworkOutput forward(WindowBatch input)
    {
        if (input.Positions != 1) throw new ArgumentException($"a direct network forecasts from one position; the batch has {input.Positions}", nameof(input));
        input = Prepare(input);
        var (s, statistics, _) = RunSkip(input);
        // One sum over the batch, for both: the gradient of the bias is what is left of that of the positions.
        var tokens = embed.Product(input.Patches!) + (position + embed.Bias!);
        var encoded = backbone.forward(tokens, null).flatten(1).unsqueeze(1);
        return new NetworkOutput(s, statistics.Scale, RunHead(_dropout.forward(encoded)));
    }

    /// <inheritdoc/>
    public override WindowBatch Prepare(WindowBatch batch)
    {
        batch = base.Prepare(batch);
        return batch.Patches is null ? batch with { Patches = Tokens(batch, batch.Statistics!.Value) } : batch;
    }

    /// <summary>Patches as tokens, <c>(b, patches, input width)</c>.</summary>
    private Tensor Tokens(WindowBatch batch, WindowStatistics statistics)
    {
        using var _ = no_grad();
        var (l, h) = (batch.Lookback, batch.Horizon);
        var values = batch.Behind(batch.Mask, l).squeeze(1) * statistics.Deviations.squeeze(1) / statistics.Scale;   // (b, L)
        var mask = batch.Behind(batch.Mask, l).squeeze(1);
        var channels = new List<Tensor> { values.unsqueeze(-1), mask.unsqueeze(-1) };
        if (batch.Past is not null) channels.Add(batch.Past.narrow(1, 0, l));
        if (batch.Known is not null) channels.Add(batch.Known.narrow(1, 0, l));
        if (batch.Calendar is not null) channels.Add(batch.Calendar.narrow(1, 0, l));
        var past = Patch(PadLeft(cat(channels, -1), Padded(Config) - l), Config.PatchStride);
        if (FuturePatches(Config) == 0) return past;

        var padded = FuturePatches(Config) * Config.PatchLength;
        var future = new List<Tensor> { zeros(batch.Batch, h, 2 + Config.PastCovariates, dtype: values.dtype, device: values.device) };
        if (batch.Known is not null) future.Add(batch.Known.narrow(1, l, h));
        if (batch.Calendar is not null) future.Add(batch.Calendar.narrow(1, l, h));
        var ahead = cat(future, -1);
        if (padded > h) ahead = cat([ahead, zeros(batch.Batch, padded - h, ahead.shape[2], dtype: ahead.dtype, device: ahead.device)], 1);
        return cat([past, Patch(ahead, Config.PatchLength)], 1);
    }

    /// <summary><c>(b, rows, channels)</c> → <c>(b, patches, channels·patch_length)</c>.</summary>
    private Tensor Patch(Tensor rows, long stride) => rows.unfold(1, Config.PatchLength, stride).flatten(2);

    /// <summary>Repeats the first row to the left; its mask is 0 there.</summary>
    private static Tensor PadLeft(Tensor rows, long padding)
    {
        if (padding == 0) return rows;
        var first = rows.narrow(1, 0, 1).clone();
        first.narrow(2, 1, 1).zero_();
        return cat([first.expand(-1, padding, -1), rows], 1);
    }
}
