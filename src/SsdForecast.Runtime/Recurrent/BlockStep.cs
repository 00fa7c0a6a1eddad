namespace SsdForecast.Runtime;

/// <summary>
/// One Mamba-2 block, one step, on SIMD span kernels (<c>docs/model.md</c> section 4). Its plain counterpart is
/// <see cref="ReferenceRecurrence"/>. Weights are packed at load; the block itself never changes, so threads may share it.
/// </summary>
internal sealed class BlockStep
{
    private readonly BlockConfig _config;
    private readonly Mamba3Step? _mamba3;

    /// <summary>Loads and packs the tensors of one block.</summary>
    /// <param name="prefix">What comes before the names of mamba_ssm, with its dot.</param>
    /// <param name="format">How the two projections are held.</param>
    public BlockStep(BlockConfig config, Safetensors weights, string prefix, WeightFormat format = WeightFormat.Float32)
    {
        _config = config;
        var tensors = ModelWeights.Mixer(config).ToDictionary(t => t.Name, t => weights.Float32(prefix + t.Name, t.Shape));
        InProj = StepMatrix.Create(format, config.InProjDim, config.DModel, tensors["in_proj.weight"]);
        OutProj = StepMatrix.Create(format, config.DModel, config.DInner, tensors["out_proj.weight"]);
        _mamba3 = config.IsPlain && !config.BCNorm ? null : new Mamba3Step(config, tensors);
        ConvBias = tensors.GetValueOrDefault("conv1d.bias") ?? [];
        Norm = tensors["norm.weight"];
        D = tensors["D"];
        ConvWeight = new float[config.DConv * config.ConvDim];
        for (var c = 0; c < config.ConvDim; c++)
            for (var k = 0; k < config.DConv; k++) ConvWeight[(k * config.ConvDim) + c] = tensors["conv1d.weight"][(c * config.DConv) + k];
        DtBias = new float[PackedMatrix.Pad(config.Heads)];
        tensors["dt_bias"].CopyTo(DtBias, 0);
        A = new float[DtBias.Length];
        for (var i = 0; i < config.Heads; i++) A[i] = -MathF.Exp(tensors["A_log"][i]);
    }

    /// <summary><c>x</c> to <c>z | x | B | C | dt</c> and what options add.</summary>
    public StepMatrix InProj { get; }

    /// <summary><c>y</c> to the residual stream.</summary>
    public StepMatrix OutProj { get; }

    /// <summary>Taps of the convolution, oldest first, <c>(d_conv, conv_dim)</c>.</summary>
    public float[] ConvWeight { get; }

    /// <summary>Bias of the convolution, <c>(conv_dim)</c>.</summary>
    public float[] ConvBias { get; }

    /// <summary>Bias of dt, <c>(heads)</c> and up to a multiple of 16.</summary>
    public float[] DtBias { get; }

    /// <summary><c>A = −exp(A_log)</c>, likewise.</summary>
    public float[] A { get; }

    /// <summary>Skip of each head, <c>(heads)</c>.</summary>
    public float[] D { get; }

    /// <summary>Weight of the gated norm, <c>(d_inner)</c>.</summary>
    public float[] Norm { get; }

    /// <summary>Floats of the convolution's history, <c>(d_conv − 1, conv_dim)</c>.</summary>
    public static int HistoryLength(BlockConfig config) => Math.Max(0, config.DConv - 1) * config.ConvDim;

    /// <summary>Floats that <see cref="Step"/> takes from its scratch.</summary>
    public int ScratchLength => InProj.PaddedRows + (2 * DtBias.Length) + PackedMatrix.Pad(_config.ConvDim) + PackedMatrix.Pad(_config.DInner)
        + (_mamba3?.ScratchLength ?? 0);

    /// <summary><c>residual += mixer(x)</c>.</summary>
    /// <param name="x">Input, normalised, <c>(d_model)</c>.</param>
    /// <param name="residual">Changed, <c>(d_model)</c> and up to a multiple of 16.</param>
    /// <param name="conv">
    /// The last inputs of the convolution, oldest first, <c>(d_conv − 1, conv_dim)</c>, then what <see cref="Mamba3Step"/> carries; changed.
    /// </param>
    /// <param name="ssm">The state, <c>(heads, headdim, d_state)</c>, changed.</param>
    /// <param name="elapsed"><c>δ_t</c>; 1 for a regular series.</param>
    public void Step(ReadOnlySpan<float> x, Span<float> residual, Span<float> conv, Span<float> ssm, float elapsed, Scratch scratch)
    {
        var zxbcdt = scratch.Take(InProj.PaddedRows);
        var y = scratch.Take(_config.DInner);
        InProj.Multiply(x, zxbcdt);
        Mix(zxbcdt, conv, ssm, elapsed, y, scratch);
        OutProj.Accumulate(y, residual);
    }

    /// <summary>What lies between the two projections and knows of one series only: convolution, SSM, gate and norm.</summary>
    /// <param name="zxbcdt">Of <see cref="InProj"/>.</param>
    /// <param name="y">Output, for <see cref="OutProj"/>, <c>(d_inner)</c>.</param>
    /// <param name="ahead">Memory to fetch meanwhile, or null.</param>
    /// <inheritdoc cref="Step"/>
    public void Mix(ReadOnlySpan<float> zxbcdt, Span<float> conv, Span<float> ssm, float elapsed, Span<float> y, Scratch scratch, FetchAhead? ahead = null)
    {
        var (inner, convDim, heads) = (_config.DInner, _config.ConvDim, _config.Heads);
        var dt = scratch.Take(DtBias.Length);
        var decay = scratch.Take(DtBias.Length);
        var convolved = scratch.Take(convDim);
        var z = zxbcdt[..inner];
        var xbc = zxbcdt.Slice(inner, convDim);
        var history = conv[..HistoryLength(_config)];
        if (_config.DConv > 0)
        {
            StepKernels.ConvSilu(xbc, history, ConvWeight, ConvBias, convolved);
            xbc = convolved;
        }

        zxbcdt.Slice(inner + convDim, heads).CopyTo(dt);
        dt[heads..].Clear();
        StepKernels.TimeStep(dt, DtBias, A, (float)_config.DtLimitLow, (float)_config.DtLimitHigh, elapsed, decay);
        if (_mamba3 is null)
        {
            SsmStepKernel.Step(_config, xbc, dt, decay, D, ssm, y, ahead);
        }
        else
        {
            var rest = zxbcdt.Slice(inner + convDim + heads, _config.TrapDim + _config.Angles);
            _mamba3.Step(xbc, rest[.._config.TrapDim], rest[_config.TrapDim..], dt, decay, elapsed, ssm, conv[history.Length..], y, scratch);
        }

        if (!_config.NormBeforeGate) StepKernels.Gate(z, y);
        StepKernels.RmsNorm(y, Norm, (float)_config.NormEps, y, _config.NGroups);
        if (_config.NormBeforeGate) StepKernels.Gate(z, y);
    }
}
