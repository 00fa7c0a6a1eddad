using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Blocks;

/// <summary>
/// Depthwise convolution over time on <c>(b, l, channels)</c>, without transposing: the sum of shifted, scaled copies. Parameters as in PyTorch's
/// <c>Conv1d</c> with as many groups as channels: <c>weight (channels, 1, width)</c> (the last tap multiplies the newest input), <c>bias (channels)</c>.
/// </summary>
public sealed class DepthwiseConv : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly long _lookAhead;

    /// <summary>Creates the convolution with PyTorch's default initial values, U(−1/√width, 1/√width).</summary>
    /// <param name="channels">Number of channels.</param>
    /// <param name="width">Number of taps.</param>
    /// <param name="lookAhead">How many of the taps lie after the present: 0 is causal, <c>(width − 1)/2</c> is centred.</param>
    public DepthwiseConv(long channels, long width, long lookAhead = 0) : base(nameof(DepthwiseConv))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(lookAhead);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(lookAhead, width);
        _lookAhead = lookAhead;
        var bound = 1 / Math.Sqrt(width);
        weight = new Parameter(empty(channels, 1, width).uniform_(-bound, bound));
        bias = new Parameter(empty(channels).uniform_(-bound, bound));
        RegisterComponents();
    }

    /// <summary>Number of taps.</summary>
    public long Width => weight.shape[2];

    internal Parameter Weight => weight;

    internal Parameter Bias => bias;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => Run(input, null);

    /// <summary>Convolves, with the inputs before the first one given.</summary>
    /// <param name="input"><c>(b, l, channels)</c>.</param>
    /// <param name="history">The last <c>width − 1</c> inputs, <c>(b, width − 1, channels)</c>; zeros when null. Causal only.</param>
    /// <returns><c>(b, l, channels)</c>.</returns>
    public Tensor Run(Tensor input, Tensor? history)
    {
        var (b, l, channels) = (input.shape[0], input.shape[1], input.shape[2]);
        var padded = Pad(input, history, b, channels);
        var taps = weight.to_type(input.dtype).reshape(channels, Width);
        var y = bias.to_type(input.dtype) + padded.narrow(1, 0, l) * taps.select(1, 0);
        for (long k = 1; k < Width; k++)
            y = y + padded.narrow(1, k, l) * taps.select(1, k);
        return y;
    }

    /// <summary>
    /// <c>SiLU(conv(x))</c>, what a block wants of it: one fused kernel on the CPU in float32 and float64 without a history, else <see cref="Run"/> and SiLU.
    /// </summary>
    /// <param name="input"><c>(b, l, channels)</c>.</param>
    /// <param name="history">As for <see cref="Run"/>.</param>
    /// <returns><c>(b, l, channels)</c>.</returns>
    public Tensor Activated(Tensor input, Tensor? history = null)
        => history is null && FusedRows.Applies(input, weight)
            ? ConvFunction.Run(input, weight, bias, _lookAhead)
            : nn.functional.silu(Run(input, history));

    /// <summary>The inputs that the next call needs as its history: the last <c>width − 1</c>, <c>(b, width − 1, channels)</c>.</summary>
    public Tensor HistoryAfter(Tensor input, Tensor? history)
    {
        if (input.shape[1] >= Width - 1) return input.narrow(1, input.shape[1] - (Width - 1), Width - 1);
        var padded = Pad(input, history, input.shape[0], input.shape[2]);
        return padded.narrow(1, padded.shape[1] - (Width - 1), Width - 1);
    }

    private Tensor Pad(Tensor input, Tensor? history, long batch, long channels)
    {
        var before = history ?? zeros(batch, Width - 1 - _lookAhead, channels, dtype: input.dtype, device: input.device);
        if (_lookAhead == 0) return cat([before.to_type(input.dtype), input], 1);
        return cat([before.to_type(input.dtype), input, zeros(batch, _lookAhead, channels, dtype: input.dtype, device: input.device)], 1);
    }
}
