using SsdForecast.Runtime;
using SsdForecast.Torch.Blocks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Encoders;

/// <summary>
/// A stack of pre-norm residual layers and a final norm: <c>x += mixer(norm(x))</c>. The residual stream is float32 (float64 for a float64 model);
/// layers compute in the dtype asked for. Keys: <c>layers.{i}.norm.weight</c>, <c>layers.{i}.mixer.*</c>, <c>norm_f.weight</c>.
/// </summary>
public sealed class Encoder : nn.Module<Tensor, Tensor?, Tensor>
{
    private readonly ModuleList<ResidualLayer> layers;
    private readonly RmsNorm norm_f;

    private Encoder(BlockConfig config, IEnumerable<SequenceMixer> mixers, double dropout) : base(nameof(Encoder))
    {
        layers = new ModuleList<ResidualLayer>([.. mixers.Select(m => new ResidualLayer(config, m, dropout))]);
        norm_f = new RmsNorm(config.DModel, epsilon: config.NormEps);
        RegisterComponents();
    }

    /// <summary>Precision in which the layers compute; float32 by default. Parameters stay float32.</summary>
    public ScalarType ComputeType { get; set; } = ScalarType.Float32;

    /// <summary>A causal stack of Mamba-2 blocks: the one that streams.</summary>
    /// <param name="config">Sizes of a block.</param>
    /// <param name="depth">Number of layers, at least 1.</param>
    /// <param name="dropout">Dropout on each layer's output while training, in [0, 1).</param>
    public static Encoder Causal(BlockConfig config, int depth, double dropout = 0)
        => Create(config, depth, dropout, () => new Mamba2Block(config));

    /// <summary>A bidirectional stack of quasiseparable blocks: sees the whole window.</summary>
    /// <param name="config">Sizes of a block.</param>
    /// <param name="depth">Number of layers, at least 1.</param>
    /// <param name="dropout">Dropout on each layer's output while training, in [0, 1).</param>
    public static Encoder Bidirectional(BlockConfig config, int depth, double dropout = 0)
        => Create(config, depth, dropout, () => new QuasiseparableBlock(config));

    private static Encoder Create(BlockConfig config, int depth, double dropout, Func<SequenceMixer> mixer)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        if (dropout is < 0 or >= 1) throw new ArgumentOutOfRangeException(nameof(dropout), dropout, "must lie in [0, 1)");
        return new Encoder(config, Enumerable.Range(0, depth).Select(_ => mixer()), dropout);
    }

    /// <summary>Encodes a sequence.</summary>
    /// <param name="x"><c>(b, l, d_model)</c>.</param>
    /// <param name="elapsed">Elapsed-time factor, <c>(b, l)</c>; 1 when null. Causal stacks only.</param>
    /// <returns><c>(b, l, d_model)</c>.</returns>
    public override Tensor forward(Tensor x, Tensor? elapsed)
    {
        foreach (var layer in layers) x = layer.Add(x, u => layer.Mixer.forward(u, elapsed), ComputeType);
        return norm_f.forward(x);
    }

    /// <summary>Encodes a sequence that continues an earlier one: the whole in pieces equals the whole. Causal stacks only.</summary>
    /// <param name="x"><c>(b, l, d_model)</c>.</param>
    /// <param name="elapsed">Elapsed-time factor, <c>(b, l)</c>; 1 when null.</param>
    /// <param name="states">The state of each layer after the positions before; zero when null.</param>
    /// <returns>The encoding <c>(b, l, d_model)</c> and the state of each layer after it.</returns>
    /// <exception cref="InvalidOperationException">The stack is bidirectional.</exception>
    public (Tensor Output, IReadOnlyList<BlockState> States) Run(Tensor x, Tensor? elapsed = null, IReadOnlyList<BlockState>? states = null)
    {
        var after = new List<BlockState>();
        foreach (var layer in layers)
        {
            var block = layer.Mixer as Mamba2Block ?? throw new InvalidOperationException("a bidirectional encoder has no state to carry");
            x = layer.Add(
                x,
                u =>
                {
                    var (y, state) = block.Run(u, elapsed, states?[after.Count]);
                    after.Add(state);
                    return y;
                },
                ComputeType);
        }
        return (norm_f.forward(x), after);
    }

    private sealed class ResidualLayer : nn.Module<Tensor, Tensor>
    {
        private readonly RmsNorm norm;
        private readonly SequenceMixer mixer;
        private readonly Dropout _dropout;

        public ResidualLayer(BlockConfig config, SequenceMixer mixer, double dropout) : base(nameof(ResidualLayer))
        {
            norm = new RmsNorm(config.DModel, epsilon: config.NormEps);
            this.mixer = mixer;
            _dropout = nn.Dropout(dropout);
            RegisterComponents();
        }

        public SequenceMixer Mixer => mixer;

        public override Tensor forward(Tensor x) => Add(x, u => mixer.forward(u, null), x.dtype);

        public Tensor Add(Tensor x, Func<Tensor, Tensor> mix, ScalarType compute)
        {
            if (x.dtype == ScalarType.Float64) compute = ScalarType.Float64;
            return x + _dropout.forward(mix(norm.forward(x).to_type(compute)).to_type(x.dtype));
        }
    }
}
