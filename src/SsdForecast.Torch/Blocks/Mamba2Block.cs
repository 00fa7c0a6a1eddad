using SsdForecast.Runtime;
using SsdForecast.Torch.Cuda.Blocks;
using SsdForecast.Torch.Ssd;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Blocks;

/// <summary>The recurrent state of one Mamba-2 block.</summary>
/// <param name="Convolution">The last <c>d_conv − 1</c> inputs of the convolution, <c>(b, d_conv − 1, conv_dim)</c>.</param>
/// <param name="Ssm">SSM state, <c>(b, heads, headdim, d_state)</c>.</param>
public sealed record BlockState(Tensor Convolution, Tensor Ssm)
{
    /// <summary>With the trapezoidal rule: the last step's B of each group, or of each head where it has a bias a head, <c>(b, g or heads, d_state)</c>.</summary>
    public Tensor? LastB { get; init; }

    /// <summary>With the trapezoidal rule: the last step's x, <c>(b, heads, headdim)</c>.</summary>
    public Tensor? LastX { get; init; }

    /// <summary>The tensors that there are.</summary>
    public IEnumerable<Tensor> Tensors => new[] { Convolution, Ssm, LastB, LastX }.OfType<Tensor>();

    /// <summary>The same state with every tensor replaced.</summary>
    public BlockState With(Func<Tensor, Tensor> change)
        => new(change(Convolution), change(Ssm)) { LastB = LastB is null ? null : change(LastB), LastX = LastX is null ? null : change(LastX) };
}

/// <summary>
/// The Mamba-2 block, with the options of Mamba-3 (arXiv 2603.15569) where the configuration has them: one projection, a short causal convolution, the SSD operator, a gated norm and a projection back. The field names are the
/// keys of mamba_ssm's state dict. Source: Dao and Gu 2024, arXiv 2405.21060; equations in docs/model.md, section 4.
/// </summary>
public sealed class Mamba2Block : SequenceMixer
{
    private readonly Projection in_proj;
    private readonly DepthwiseConv? conv1d;
    private readonly RmsNorm? B_norm;
    private readonly RmsNorm? C_norm;
    private readonly Parameter? B_bias;
    private readonly Parameter? C_bias;
    private readonly Parameter dt_bias;
    private readonly Parameter A_log;
    private readonly Parameter D;
    private readonly RmsNorm norm;
    private readonly Projection out_proj;
    private readonly BlockConfig _config;
    private readonly SsdOptions _ssd;
    private readonly SsdOptions _ssdWithoutState;
    private readonly InputsShape? _inputs;
    private readonly FusedBlock? _whole;

    /// <summary>Creates a block with the initial values of the reference.</summary>
    /// <param name="config">Sizes.</param>
    /// <param name="form">Form of the SSD operator.</param>
    public Mamba2Block(BlockConfig config, SsdForm form = SsdForm.Auto) : base(nameof(Mamba2Block))
    {
        config.Validate();
        _config = config;
        _ssd = SsdOptionsOf(config, form);
        // A state that turns is turned back in the end.
        _ssdWithoutState = config.IsPlain ? _ssd with { FinalStates = false } : _ssd;
        _inputs = config.IsMamba2 ? new InputsShape(config.DInner, config.Heads, config.NGroups, config.DState, config.DConv, 0, 1) : null;
        if (_inputs is not null) _whole = new FusedBlock(_inputs, _ssdWithoutState, config.NGroups, config.NormEps, config.NormBeforeGate);
        in_proj = new Projection(config.DModel, config.InProjDim);
        if (config.DConv > 0) conv1d = new DepthwiseConv(config.ConvDim, config.DConv);
        if (config.BCNorm)
        {
            (B_norm, C_norm) = (new RmsNorm(config.DState, epsilon: config.NormEps), new RmsNorm(config.DState, epsilon: config.NormEps));
            (B_bias, C_bias) = (new Parameter(ones(config.Heads, config.DState)), new Parameter(ones(config.Heads, config.DState)));
        }
        dt_bias = BlockInitialisation.DtBias(config);
        A_log = BlockInitialisation.ALog(config);
        D = new Parameter(ones(config.Heads));
        norm = new RmsNorm(config.DInner, config.NGroups, config.NormEps);
        out_proj = new Projection(config.DInner, config.DModel);
        RegisterComponents();
    }

    internal static SsdOptions SsdOptionsOf(BlockConfig config, SsdForm form) => new()
    {
        Form = form,
        ChunkSize = config.ChunkSize,
        DtSoftplus = true,
        DtLimitLow = config.DtLimitLow,
        DtLimitHigh = config.DtLimitHigh,
    };

    /// <summary>Runs the block from a zero state.</summary>
    /// <param name="u"><c>(b, l, d_model)</c>.</param>
    /// <param name="elapsed">Elapsed-time factor, <c>(b, l)</c>; 1 when null.</param>
    /// <returns><c>(b, l, d_model)</c>.</returns>
    public override Tensor forward(Tensor u, Tensor? elapsed)
        => Whole(u, elapsed) ?? Mix(in_proj.forward(u), elapsed, null, Fused ? _ssdWithoutState : Plain(_ssdWithoutState)).Output;

    /// <summary>Runs the block from a state and gives the state after it: the whole in pieces equals the whole.</summary>
    /// <param name="u"><c>(b, l, d_model)</c>, any <c>l ≥ 1</c>.</param>
    /// <param name="elapsed">Elapsed-time factor, <c>(b, l)</c>; 1 when null.</param>
    /// <param name="state">State after the positions before; zero when null.</param>
    public (Tensor Output, BlockState State) Run(Tensor u, Tensor? elapsed = null, BlockState? state = null)
        => Mix(in_proj.forward(u), elapsed, state, Fused ? _ssd : Plain(_ssd));

    /// <summary>The block from a zero state as one node of the graph; null where the kernels do not cover it.</summary>
    internal Tensor? Whole(Tensor u, Tensor? elapsed) => Fused && _ssd.Form == SsdForm.Auto ? _whole?.Run(u, norm.Weight, WeightsIn, elapsed) : null;

    private BlockWeights WeightsIn(ScalarType type)
        => new(in_proj.WeightIn(type), conv1d!.Weight, conv1d.Bias, A_log, dt_bias, D, norm.Weight, out_proj.WeightIn(type), null);

    private static SsdOptions Plain(SsdOptions options) => options with { Form = SsdForm.Chunked };

    private (Tensor Output, BlockState State) Mix(Tensor projected, Tensor? elapsed, BlockState? state, SsdOptions options)
    {
        if (Fused && _inputs is not null && BlockInputsForm.Applies(projected, conv1d!.Weight, _inputs)) return MixFused(projected, elapsed, state, options);
        var (b, l) = (projected.shape[0], projected.shape[1]);
        var parts = projected.split([_config.DInner, _config.ConvDim, _config.Heads, _config.TrapDim, _config.Angles], -1);
        var (z, xBC, dt) = (parts[0], parts[1], parts[2]);
        var convolution = conv1d?.HistoryAfter(xBC, state?.Convolution) ?? xBC.narrow(1, 0, 0);
        var bc = (long)_config.NGroups * _config.DState;
        var mixed = (conv1d is null ? xBC : Fused ? conv1d.Activated(xBC, state?.Convolution) : nn.functional.silu(conv1d.Run(xBC, state?.Convolution))).split([_config.DInner, bc, bc], -1);
        Tensor Map(int i) => mixed[i].reshape(b, l, _config.NGroups, _config.DState);

        var ssd = SsdOperator.Run(
            new SsdInputs
            {
                X = mixed[0].reshape(b, l, _config.Heads, _config.HeadDim),
                Dt = Working(dt),
                A = A_log.exp().neg(),
                B = InputMaps.Apply(Map(1), B_norm, B_bias),
                C = InputMaps.Apply(Map(2), C_norm, C_bias),
                D = D,
                DtBias = dt_bias,
                InitialStates = state?.Ssm,
                Elapsed = elapsed,
                Lambda = InputMaps.Lambda(parts[3]),
                Rotation = InputMaps.Velocity(parts[4]),
                PreviousB = state?.LastB,
                PreviousX = state?.LastX,
            },
            options);
        var inner = ssd.Y.reshape(b, l, _config.DInner);
        var y = Fused ? norm.Gated(inner, z, _config.NormBeforeGate) : norm.PlainGated(inner, z, _config.NormBeforeGate);
        return (out_proj.forward(y), new BlockState(convolution, ssd.FinalStates) { LastB = ssd.LastB, LastX = ssd.LastX });
    }

    /// <summary>On CUDA: one launch before the operator, the operator, one launch after it.</summary>
    private (Tensor Output, BlockState State) MixFused(Tensor projected, Tensor? elapsed, BlockState? state, SsdOptions options)
    {
        var inputs = BlockInputsForm.Run(projected, conv1d!.Weight, conv1d.Bias, A_log, _inputs!, state?.Convolution);
        var ssd = SsdOperator.Run(
            new SsdInputs { X = inputs.X, Dt = inputs.Dt, A = inputs.A, B = inputs.B, C = inputs.C, D = D, DtBias = dt_bias, InitialStates = state?.Ssm, Elapsed = elapsed },
            options);
        var y = norm.Gated(ssd.Y.reshape(inputs.Gate.shape), inputs.Gate, _config.NormBeforeGate);
        var convolution = conv1d.HistoryAfter(projected.narrow(2, _config.DInner, _config.ConvDim), state?.Convolution);
        return (out_proj.forward(y), new BlockState(convolution, ssd.FinalStates));
    }

    internal static Tensor Working(Tensor t) => t.dtype == ScalarType.Float64 ? t : t.to_type(ScalarType.Float32);
}
