using SsdForecast.Runtime.Kernels;

namespace SsdForecast.Runtime;

/// <summary>
/// One Mamba-2 block over a block of consecutive positions of one series: projections as matrix products over time, the SSM through
/// <see cref="SsdKernels"/> from the state before to the state after. The weights are those of a <see cref="BlockStep"/>.
/// </summary>
internal sealed unsafe class PrefillBlock(BlockConfig config, BlockStep mixer)
{
    private const int Length = PrefillStep.BlockLength;

    private readonly SsdKernelOptions _options = new() { DtSoftplus = true, DtLimitLow = config.DtLimitLow, DtLimitHigh = config.DtLimitHigh, MaxDegreeOfParallelism = 1 };
    private readonly int _history = Math.Max(0, config.DConv - 1);

    /// <summary>Floats that <see cref="Take"/> takes from its scratch.</summary>
    public int ScratchLength => ((Length + _history) * mixer.InProj.PaddedRows) + (2 * Length * PackedMatrix.Pad(config.DInner))
        + (2 * PackedMatrix.Pad(Length * config.NGroups * config.DState)) + PackedMatrix.Pad(Length * config.Heads);

    /// <summary>Whether a block is computed here. One with options of Mamba-3 is stepped.</summary>
    public static bool Covers(BlockConfig config) => config.IsMamba2;

    /// <summary><c>residual_t += mixer(x)_t</c>.</summary>
    /// <param name="x">Input, normalised, <c>(count, d_model)</c> at a distance of <paramref name="strideX"/>.</param>
    /// <param name="residual">Changed, <c>(count, d_model)</c> at a distance of <paramref name="strideResidual"/>.</param>
    /// <param name="count">Positions, at most <see cref="PrefillStep.BlockLength"/>.</param>
    /// <param name="conv">As of <see cref="BlockStep.Step"/>.</param>
    /// <param name="ssm">As of <see cref="BlockStep.Step"/>.</param>
    /// <param name="elapsed"><c>δ_t</c>, or empty for 1.</param>
    /// <param name="stateOnly">Whether to leave the residual as it is and compute the two states alone.</param>
    public void Take(
        ReadOnlySpan<float> x, int strideX, Span<float> residual, int strideResidual, int count, Span<float> conv, Span<float> ssm, ReadOnlySpan<float> elapsed,
        bool stateOnly, Scratch scratch)
    {
        var (inner, convDim, heads, maps, stride) = (config.DInner, config.ConvDim, config.Heads, config.NGroups * config.DState, mixer.InProj.PaddedRows);
        var rows = scratch.Take((Length + _history) * stride);
        var projected = rows[(_history * stride)..];
        for (var k = 0; k < _history; k++) conv.Slice(k * convDim, convDim).CopyTo(rows[((k * stride) + inner)..]);
        Project(x, strideX, projected, stride, count, stateOnly);
        for (var k = 0; k < _history; k++) rows.Slice(((count + k) * stride) + inner, convDim).CopyTo(conv[(k * convDim)..]);

        var convolved = scratch.Take(Length * inner);
        var b = scratch.Take(Length * maps);
        var c = scratch.Take(Length * maps);
        var dt = scratch.Take(Length * heads);
        var y = scratch.Take(Length * inner);
        Convolve(rows, 0, inner, convolved, count);
        Convolve(rows, inner, maps, b, count);
        if (!stateOnly) Convolve(rows, inner + maps, maps, c, count);
        for (var t = 0; t < count; t++) projected.Slice((t * stride) + inner + convDim, heads).CopyTo(dt[(t * heads)..]);
        Scan(convolved, dt, b, c, elapsed, ssm, stateOnly ? default : y, count);
        if (stateOnly) return;

        // The convolved x has been read.
        fixed (float* y0 = y, z = projected, weight = mixer.Norm, to = convolved)
        {
            NormShape shape = new(count, inner, config.NGroups, config.NormEps, config.NormBeforeGate);
            NormKernels.Forward(shape, new NormInputs<float> { X = y0, XStride = inner, Z = z, ZStride = stride, Weight = weight }, to, threads: 1);
        }

        mixer.OutProj.AccumulateMany(convolved, inner, residual, strideResidual, count);
    }

    private void Project(ReadOnlySpan<float> x, int strideX, Span<float> projected, int stride, int count, bool stateOnly)
    {
        var (inner, maps, convDim) = (config.DInner, config.NGroups * config.DState, config.ConvDim);
        if (!stateOnly)
        {
            mixer.InProj.MultiplyMany(x, strideX, projected, stride, count);
            return;
        }

        // x, B and dt; of C only what the convolution will remember.
        mixer.InProj.MultiplyMany(x, strideX, projected, stride, count, inner, inner + inner + maps);
        mixer.InProj.MultiplyMany(x, strideX, projected, stride, count, inner + convDim, config.InProjDim);
        var first = Math.Max(0, count - _history) / StepMatrix.Group * StepMatrix.Group;
        mixer.InProj.MultiplyMany(x[(first * strideX)..], strideX, projected[(first * stride)..], stride, count - first, inner + inner + maps, inner + convDim);
    }

    private void Convolve(ReadOnlySpan<float> rows, int channel, int channels, Span<float> y, int count) => RowKernels.ConvSilu(
        rows[(config.DInner + channel)..], mixer.InProj.PaddedRows, mixer.ConvWeight.AsSpan(channel), config.ConvDim, config.DConv, mixer.ConvBias.AsSpan(channel), y,
        channels, count);

    private void Scan(ReadOnlySpan<float> x, ReadOnlySpan<float> dt, ReadOnlySpan<float> b, ReadOnlySpan<float> c, ReadOnlySpan<float> elapsed, Span<float> ssm, Span<float> y, int count)
    {
        SsdShape shape = new(1, count, config.Heads, config.HeadDim, config.NGroups, config.DState);
        fixed (float* x0 = x, dt0 = dt, b0 = b, c0 = c, elapsed0 = elapsed, ssm0 = ssm, y0 = y, a = mixer.A, d = mixer.D, bias = mixer.DtBias)
        {
            SsdInputs<float> inputs = new() { X = x0, Dt = dt0, A = a, B = b0, C = c0, D = d, DtBias = bias, Elapsed = elapsed0, InitialStates = ssm0 };
            SsdKernels.Forward(shape, inputs, new SsdOutputs<float> { Y = y0, FinalStates = ssm0 }, _options);
        }
    }
}
