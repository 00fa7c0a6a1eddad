using SsdForecast.Runtime;
using SsdForecast.Torch.Cuda.Blocks;
using SsdForecast.Torch.Ssd;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Blocks;

/// <summary>
/// The bidirectional block: values, gate and projections shared, step sizes and maps of its own for each direction, a centred convolution of width
/// 7 and a free diagonal <c>δ = fc_D(x) + D</c>. The field names are the keys of Hydra's state dict. Source: Hwang et al. 2024, arXiv 2407.09941.
/// </summary>
public sealed class QuasiseparableBlock : SequenceMixer
{
    private const int ConvolutionWidth = 7;

    private readonly Projection in_proj;
    private readonly DepthwiseConv? conv1d;
    private readonly RmsNorm? B_norm;
    private readonly RmsNorm? C_norm;
    private readonly Parameter? B_bias;
    private readonly Parameter? C_bias;
    private readonly Parameter dt_bias;
    private readonly Parameter A_log;
    private readonly Parameter D;
    private readonly Projection fc_D;
    private readonly RmsNorm norm;
    private readonly Projection out_proj;
    private readonly BlockConfig _config;
    private readonly QuasiseparableForm _form;
    private readonly SsdOptions _ssd;
    private readonly InputsShape? _inputs;
    private readonly FusedBlock? _whole;

    /// <summary>Creates a block with initial values as in the reference.</summary>
    /// <param name="config">Sizes and options. The convolution has width 7 where <c>DConv</c> is not 0, and the norm comes before the gate. What is made of B and C by norm and bias is the same in both directions.</param>
    /// <param name="form">Form of the operator.</param>
    public QuasiseparableBlock(BlockConfig config, QuasiseparableForm form = QuasiseparableForm.Auto) : base(nameof(QuasiseparableBlock))
    {
        config.Validate();
        _config = config;
        _form = form;
        _ssd = Mamba2Block.SsdOptionsOf(config, SsdForm.Auto) with { FinalStates = false };
        _inputs = config.IsMamba2 ? new InputsShape(config.DInner, config.Heads, config.NGroups, config.DState, ConvolutionWidth, ConvolutionWidth / 2, 2) : null;
        if (_inputs is not null) _whole = new FusedBlock(_inputs, _ssd, config.NGroups, config.NormEps, normBeforeGate: true);
        in_proj = new Projection(config.DModel, 2 * config.DInner + 4 * config.NGroups * config.DState + 2 * (config.Heads + config.TrapDim + config.Angles));
        if (config.DConv > 0) conv1d = new DepthwiseConv(config.DInner + 4 * config.NGroups * config.DState, ConvolutionWidth, ConvolutionWidth / 2);
        if (config.BCNorm)
        {
            (B_norm, C_norm) = (new RmsNorm(config.DState, epsilon: config.NormEps), new RmsNorm(config.DState, epsilon: config.NormEps));
            (B_bias, C_bias) = (new Parameter(ones(config.Heads, config.DState)), new Parameter(ones(config.Heads, config.DState)));
        }
        dt_bias = BlockInitialisation.DtBias(config);
        A_log = new Parameter(zeros(config.Heads));
        D = new Parameter(ones(config.Heads));
        fc_D = new Projection(config.DInner, config.Heads);
        norm = new RmsNorm(config.DInner, config.NGroups, config.NormEps);
        out_proj = new Projection(config.DInner, config.DModel);
        RegisterComponents();
    }

    /// <summary>Runs the block.</summary>
    /// <param name="u"><c>(b, l, d_model)</c>.</param>
    /// <param name="elapsed">Must be null: a bidirectional block has regular steps.</param>
    /// <returns><c>(b, l, d_model)</c>.</returns>
    public override Tensor forward(Tensor u, Tensor? elapsed)
    {
        if (elapsed is not null) throw new ArgumentException("the bidirectional block takes no elapsed time", nameof(elapsed));
        if (Whole(u) is { } whole) return whole;
        var projected = in_proj.forward(u);
        if (HasKernels(projected)) return MixFused(projected);
        var (b, l) = (u.shape[0], u.shape[1]);
        var bc = (long)_config.NGroups * _config.DState;
        var parts = projected.split([_config.DInner, _config.DInner + 4 * bc, 2 * _config.Heads, 2 * _config.TrapDim, 2 * _config.Angles], -1);
        var mixed = (conv1d is null ? parts[1] : Fused ? conv1d.Activated(parts[1]) : nn.functional.silu(conv1d.Run(parts[1], null))).split([_config.DInner, bc, bc, bc, bc], -1);
        var dt = Mamba2Block.Working(parts[2]).split([_config.Heads, _config.Heads], -1);

        QuasiseparableInputs.Direction Side(int i) => new(dt[i], Map(1 + (2 * i), B_norm, B_bias), Map(2 + (2 * i), C_norm, C_bias))
        {
            Lambda = InputMaps.Lambda(parts[3].narrow(2, (long)i * _config.TrapDim, _config.TrapDim)),
            Rotation = InputMaps.Velocity(parts[4].narrow(2, (long)i * _config.Angles, _config.Angles)),
        };
        Tensor Map(int i, RmsNorm? mapNorm, Parameter? bias) => InputMaps.Apply(mixed[i].reshape(b, l, _config.NGroups, _config.DState), mapNorm, bias);
        var y = QuasiseparableOperator.Run(
            new QuasiseparableInputs
            {
                X = mixed[0].reshape(b, l, _config.Heads, _config.HeadDim),
                Diagonal = Mamba2Block.Working(fc_D.forward(mixed[0])) + D,
                A = A_log.exp().neg(),
                Forward = Side(0),
                Reverse = Side(1),
                DtBias = dt_bias,
            },
            _ssd,
            Fused ? _form : QuasiseparableForm.Merged);
        var inner = y.reshape(b, l, _config.DInner);
        return out_proj.forward(Fused ? norm.Gated(inner, parts[0], normBeforeGate: true) : norm.PlainGated(inner, parts[0], normBeforeGate: true));
    }

    /// <summary>The block as one node of the graph; null where the kernels do not cover it.</summary>
    internal Tensor? Whole(Tensor u) => Fused && _form == QuasiseparableForm.Auto ? _whole?.Run(u, norm.Weight, WeightsIn) : null;

    private BlockWeights WeightsIn(ScalarType type)
        => new(in_proj.WeightIn(type), conv1d!.Weight, conv1d.Bias, A_log, dt_bias, D, norm.Weight, out_proj.WeightIn(type), fc_D.WeightIn(type));

    private bool HasKernels(Tensor projected)
        => Fused && _form == QuasiseparableForm.Auto
            && _inputs is not null && BlockInputsForm.Applies(projected, conv1d!.Weight, _inputs)
            && GatedNorm.Applies(projected, norm.Weight, norm.Groups, _config.Heads);

    /// <summary>
    /// On CUDA: one launch lays the values and maps of both directions on the batch axis, one pass of the causal operator takes both, and one launch puts them
    /// together, with the diagonal, the norm and the gate.
    /// </summary>
    private Tensor MixFused(Tensor projected)
    {
        var inputs = BlockInputsForm.Run(projected, conv1d!.Weight, conv1d.Bias, A_log, _inputs!);
        var y = SsdOperator.Run(new SsdInputs { X = inputs.X, Dt = inputs.Dt, A = inputs.A, B = inputs.B, C = inputs.C, DtBias = dt_bias }, _ssd).Y;
        return out_proj.forward(GatedNorm.Merged(y, inputs.First, fc_D.forward(inputs.First), D, inputs.Gate, norm.Weight, norm.Groups, norm.Epsilon));
    }
}
