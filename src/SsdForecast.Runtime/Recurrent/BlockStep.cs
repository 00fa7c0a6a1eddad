namespace SsdForecast.Runtime;

/// <summary>
/// One Mamba-2 block, one step, on SIMD span kernels (<c>docs/model.md</c> section 4). Its plain counterpart is
/// <see cref="ReferenceRecurrence"/>. Weights are packed at load; the block itself never changes, so threads may share it.
/// </summary>
internal sealed class BlockStep
{
    private readonly BlockConfig _config;
    private readonly PackedMatrix _inProj;
    private readonly PackedMatrix _outProj;
    private readonly float[] _convWeight;
    private readonly float[] _convBias;
    private readonly float[] _dtBias;
    private readonly float[] _a;
    private readonly float[] _d;
    private readonly float[] _norm;

    /// <summary>Loads and packs the tensors of one block.</summary>
    /// <param name="prefix">What comes before the names of mamba_ssm, with its dot.</param>
    public BlockStep(BlockConfig config, Safetensors weights, string prefix)
    {
        _config = config;
        var tensors = ModelWeights.Mixer(config).ToDictionary(t => t.Name, t => weights.Float32(prefix + t.Name, t.Shape));
        _inProj = new PackedMatrix(config.InProjDim, config.DModel, tensors["in_proj.weight"]);
        _outProj = new PackedMatrix(config.DModel, config.DInner, tensors["out_proj.weight"]);
        _convBias = tensors["conv1d.bias"];
        _norm = tensors["norm.weight"];
        _d = tensors["D"];
        _convWeight = new float[config.DConv * config.ConvDim];
        for (var c = 0; c < config.ConvDim; c++)
            for (var k = 0; k < config.DConv; k++) _convWeight[(k * config.ConvDim) + c] = tensors["conv1d.weight"][(c * config.DConv) + k];
        _dtBias = new float[PackedMatrix.Pad(config.Heads)];
        tensors["dt_bias"].CopyTo(_dtBias, 0);
        _a = new float[_dtBias.Length];
        for (var i = 0; i < config.Heads; i++) _a[i] = -MathF.Exp(tensors["A_log"][i]);
    }

    /// <summary>Floats that <see cref="Step"/> takes from its scratch.</summary>
    public int ScratchLength => _inProj.PaddedRows + (2 * _dtBias.Length) + PackedMatrix.Pad(_config.ConvDim) + PackedMatrix.Pad(_config.DInner);

    /// <summary><c>residual += mixer(x)</c>.</summary>
    /// <param name="x">Input, normalised, <c>(d_model)</c>.</param>
    /// <param name="residual">Changed, <c>(d_model)</c> and up to a multiple of 16.</param>
    /// <param name="conv">The last inputs of the convolution, oldest first, <c>(d_conv − 1, conv_dim)</c>, changed.</param>
    /// <param name="ssm">The state, <c>(heads, headdim, d_state)</c>, changed.</param>
    /// <param name="elapsed"><c>δ_t</c>; 1 for a regular series.</param>
    public void Step(ReadOnlySpan<float> x, Span<float> residual, Span<float> conv, Span<float> ssm, float elapsed, Scratch scratch)
    {
        var (inner, convDim, heads) = (_config.DInner, _config.ConvDim, _config.Heads);
        var zxbcdt = scratch.Take(_inProj.PaddedRows);
        var dt = scratch.Take(_dtBias.Length);
        var decay = scratch.Take(_dtBias.Length);
        var xbc = scratch.Take(convDim);
        var y = scratch.Take(inner);

        _inProj.Multiply(x, zxbcdt);
        var z = zxbcdt[..inner];
        StepKernels.ConvSilu(zxbcdt.Slice(inner, convDim), conv, _convWeight, _convBias, xbc);
        zxbcdt.Slice(inner + convDim, heads).CopyTo(dt);
        dt[heads..].Clear();
        StepKernels.TimeStep(dt, _dtBias, _a, (float)_config.DtLimitLow, (float)_config.DtLimitHigh, elapsed, decay);
        SsmStepKernel.Step(_config, xbc, dt, decay, _d, ssm, y);
        if (!_config.NormBeforeGate) StepKernels.Gate(z, y);
        StepKernels.RmsNorm(y, _norm, (float)_config.NormEps, y, _config.NGroups);
        if (_config.NormBeforeGate) StepKernels.Gate(z, y);
        _outProj.Accumulate(y, residual);
    }
}
