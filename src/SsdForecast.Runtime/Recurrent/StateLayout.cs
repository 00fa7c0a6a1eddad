using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SsdForecast.Runtime;

/// <summary>
/// Where the parts of a series' state lie in its floats: SSM states, convolution inputs, encoder output, known covariates, static covariates,
/// the ring of the last <c>L</c> filled values, the header. Weights <c>w</c> need no ring: they are 1 from the first observation on.
/// </summary>
internal sealed class StateLayout
{
    public StateLayout(ModelConfig config)
    {
        var block = config.Block;
        SsmLength = block.DInner * block.DState;
        ConvLength = BlockStep.HistoryLength(block) + Mamba3Step.CarriedLength(block);
        var at = 0;
        Range Take(int length) => at..(at += length);
        Ssm = Take(config.Layers * SsmLength);
        Conv = Take(config.Layers * ConvLength);
        Encoded = Take(block.DModel);
        Known = Take(config.Horizon * config.KnownCovariates);
        Statics = Take(config.StaticCovariates);
        Ring = Take(config.Lookback);
        HeaderOffset = at += at % 2;
        at += Unsafe.SizeOf<StateHeader>() / sizeof(float);
        Length = PackedMatrix.Pad(at);
    }

    /// <summary>Floats of a state, a multiple of 16.</summary>
    public int Length { get; }

    /// <summary>All layers, <c>(layers, heads, headdim, d_state)</c>.</summary>
    public Range Ssm { get; }

    /// <summary>All layers: inputs of the convolution, <c>(d_conv − 1, conv_dim)</c>, oldest first, then what <see cref="Mamba3Step"/> carries.</summary>
    public Range Conv { get; }

    /// <summary>The encoder's last output <c>e_t</c>, <c>(d_model)</c>; the head reads it when a forecast is asked for.</summary>
    public Range Encoded { get; }

    /// <summary>The last known covariates, scaled, <c>(H, n_known)</c>.</summary>
    public Range Known { get; }

    /// <summary>The static covariates, scaled.</summary>
    public Range Statics { get; }

    /// <summary>The last <c>L</c> filled values, scaled.</summary>
    public Range Ring { get; }

    public int SsmLength { get; }

    public int ConvLength { get; }

    private int HeaderOffset { get; }

    /// <summary>The SSM state of a layer.</summary>
    public Range SsmOf(int layer) => Part(Ssm, layer, SsmLength);

    /// <summary>The convolution inputs of a layer, and what <see cref="Mamba3Step"/> carries.</summary>
    public Range ConvOf(int layer) => Part(Conv, layer, ConvLength);

    public ref StateHeader Header(Span<float> state) => ref MemoryMarshal.AsRef<StateHeader>(MemoryMarshal.AsBytes(state[HeaderOffset..]));

    public ref readonly StateHeader Header(ReadOnlySpan<float> state) => ref MemoryMarshal.AsRef<StateHeader>(MemoryMarshal.AsBytes(state[HeaderOffset..]));

    private static Range Part(Range all, int layer, int length) => (all.Start.Value + (layer * length))..(all.Start.Value + ((layer + 1) * length));
}

/// <summary>The part of a state that is not float32. Its size is a multiple of 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct StateHeader
{
    /// <summary>Positions taken, missing values included.</summary>
    public long Count;

    /// <summary>Ticks of the first and the last event.</summary>
    public long FirstTicks;

    /// <inheritdoc cref="FirstTicks"/>
    public long LastTicks;

    /// <summary>The scaler of the series.</summary>
    public double Mean;

    /// <inheritdoc cref="Mean"/>
    public double Std;

    /// <summary><c>μ_t</c> of the window.</summary>
    public double WindowMean;

    /// <summary><c>σ_t</c> of the window.</summary>
    public double Sigma;

    /// <summary><c>s_{t,0}</c>, from which the next innovation is measured.</summary>
    public double Skip;

    /// <summary><c>f_t</c>, carried forward while values are missing.</summary>
    public float Filled;

    /// <summary>Where in the ring the next value goes.</summary>
    public int Next;

    /// <summary><c>k_t</c>: values of weight 1 in the window.</summary>
    public int Weighted;

    /// <summary>Unused, zero; fills the struct.</summary>
    public int Reserved;
}
