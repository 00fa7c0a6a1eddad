using SsdForecast.Runtime;
using SsdForecast.Torch.Blocks;
using TorchSharp;
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
    private readonly double _dropout;
    private bool _fused = true;

    private Encoder(BlockConfig config, IEnumerable<SequenceMixer> mixers, double dropout) : base(nameof(Encoder))
    {
        layers = new ModuleList<ResidualLayer>([.. mixers.Select(m => new ResidualLayer(config, m))]);
        norm_f = new RmsNorm(config.DModel, epsilon: config.NormEps);
        _dropout = dropout;
        RegisterComponents();
    }

    /// <summary>Precision in which the layers compute; float32 by default. Parameters stay float32.</summary>
    public ScalarType ComputeType { get; set; } = ScalarType.Float32;

    /// <summary>Whether fused kernels are taken where there are any (default); without, everything is made of torch's operators. The numbers are the same but for rounding, and for dropout's draws.</summary>
    public bool Fused
    {
        get => _fused;
        set
        {
            _fused = value;
            foreach (var layer in layers) layer.Mixer.Fused = value;
        }
    }

    /// <summary>Who is told how far a backward pass has come; null for nobody.</summary>
    internal BackwardMarks? Marks { get; set; }

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
    public override Tensor forward(Tensor x, Tensor? elapsed) => Through(x, (mixer, u) => mixer.forward(u, elapsed));

    /// <summary>Encodes a sequence that continues an earlier one: the whole in pieces equals the whole. Causal stacks only.</summary>
    /// <param name="x"><c>(b, l, d_model)</c>.</param>
    /// <param name="elapsed">Elapsed-time factor, <c>(b, l)</c>; 1 when null.</param>
    /// <param name="states">The state of each layer after the positions before; zero when null.</param>
    /// <returns>The encoding <c>(b, l, d_model)</c> and the state of each layer after it.</returns>
    /// <exception cref="InvalidOperationException">The stack is bidirectional.</exception>
    public (Tensor Output, IReadOnlyList<BlockState> States) Run(Tensor x, Tensor? elapsed = null, IReadOnlyList<BlockState>? states = null)
    {
        var after = new List<BlockState>();
        var output = Through(x, (mixer, u) =>
        {
            var block = mixer as Mamba2Block ?? throw new InvalidOperationException("a bidirectional encoder has no state to carry");
            var (y, state) = block.Run(u, elapsed, states?[after.Count]);
            after.Add(state);
            return y;
        });
        return (output, after);
    }

    /// <summary>The stream through all layers and the last norm.</summary>
    private Tensor Through(Tensor x, Func<SequenceMixer, Tensor, Tensor> mix)
    {
        var compute = x.dtype == ScalarType.Float64 ? ScalarType.Float64 : ComputeType;
        var stream = new ResidualStream(x, _fused, training ? _dropout : 0);
        var u = stream.Normed(layers[0].Norm, compute);
        for (var i = 0; i < layers.Count; i++)
        {
            var last = i + 1 == layers.Count;
            u = Marks?.At(i, u) ?? u;
            u = stream.Add(mix(layers[i].Mixer, u), last ? norm_f : layers[i + 1].Norm, last ? x.dtype : compute);
        }
        return Marks?.At(layers.Count, u) ?? u;
    }

    /// <summary>A norm and the mixer after it; the keys of the model folder.</summary>
    private sealed class ResidualLayer : nn.Module<Tensor, Tensor>
    {
        private readonly RmsNorm norm;
        private readonly SequenceMixer mixer;

        public ResidualLayer(BlockConfig config, SequenceMixer mixer) : base(nameof(ResidualLayer))
        {
            norm = new RmsNorm(config.DModel, epsilon: config.NormEps);
            this.mixer = mixer;
            RegisterComponents();
        }

        public RmsNorm Norm => norm;

        public SequenceMixer Mixer => mixer;

        public override Tensor forward(Tensor x) => x + mixer.forward(norm.forward(x), null);
    }
}
