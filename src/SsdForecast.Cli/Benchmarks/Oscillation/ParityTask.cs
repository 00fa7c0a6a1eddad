using SsdForecast.Runtime;
using SsdForecast.Torch.Blocks;
using SsdForecast.Torch.Encoders;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SsdForecast.Cli.Benchmarks.Oscillation;

/// <summary>What to train on the parity task, and how long.</summary>
internal sealed record ParityOptions
{
    /// <summary>Longest piece of a training sequence: gradients reach no further back.</summary>
    public int TrainLength { get; init; } = 64;

    /// <summary>Pieces of a training sequence in the second half of training, the state carried from one to the next.</summary>
    public int Pieces { get; init; } = 4;

    /// <summary>Length of the test sequences; positions beyond all pieces are what is scored.</summary>
    public int TestLength { get; init; } = 384;

    /// <summary>Positions of the longest training sequence.</summary>
    public int Seen => TrainLength * Pieces;

    /// <summary>Optimizer steps.</summary>
    public int Steps { get; init; } = 1000;

    /// <summary>Sequences a step.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Highest learning rate.</summary>
    public double LearningRate { get; init; } = 3e-3;

    /// <summary>Seed of initial values and sequences.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>Accuracy of one model.</summary>
/// <param name="Within">At the positions of the training lengths.</param>
/// <param name="Beyond">At the positions after them.</param>
/// <param name="Last">At the last quarter of the test sequence.</param>
internal readonly record struct ParityScore(double Within, double Beyond, double Last, double Loss);

/// <summary>
/// Running parity: from a stream of random bits, at each position whether the number of ones so far is odd. One state that changes its sign with
/// every one solves it at any length; a state that can only decay cannot tell long sequences apart. Source of the task: Mamba-3, arXiv 2603.15569.
/// </summary>
internal sealed class ParityTask(ParityOptions options)
{
    /// <summary>One layer, small. Steps of about a unit of time, so that half a turn a step is within reach.</summary>
    public static BlockConfig Block(bool rotation)
    {
        var plain = new BlockConfig { DModel = 32, DState = 16, HeadDim = 16, DtMin = 0.5, DtMax = 1, DtLimitHigh = 1 };
        return rotation ? plain with { RotationFraction = 0.5, Discretization = Discretization.Trapezoid, BCNorm = true, DConv = 0 } : plain;
    }

    /// <summary>Trains a model and scores it.</summary>
    public ParityScore Run(BlockConfig block, Action<int, double>? progress = null)
    {
        random.manual_seed(options.Seed);
        using var network = new ParityNetwork(block);
        var optimizer = optim.AdamW(network.Trained, lr: options.LearningRate, weight_decay: 0);
        var smoothed = 0.0;
        IReadOnlyList<BlockState>? states = null;
        Tensor? odd = null;
        for (var step = 0; step < options.Steps; step++)
        {
            using var scope = NewDisposeScope();
            foreach (var group in optimizer.ParamGroups) group.LearningRate = Rate(step);
            var piece = Math.Max(0, step - Whole) % options.Pieces;
            var (bits, parity) = Sequences(options.BatchSize, Length(step), piece == 0 ? null : odd);
            var (logits, after) = network.Run(bits, piece == 0 ? null : states);
            var loss = (nn.functional.softplus(logits, 1, 20) - (parity * logits)).mean();       // cross-entropy
            optimizer.zero_grad();
            loss.backward();
            _ = nn.utils.clip_grad_norm_(network.parameters(), 1);
            optimizer.step();
            foreach (var tensor in (states ?? []).SelectMany(s => s.Tensors)) tensor.Dispose();
            states = [.. after.Select(s => s.With(t => t.detach().DetachFromDisposeScope()))];
            odd?.Dispose();
            odd = parity.narrow(1, parity.shape[1] - 1, 1).detach().clone().DetachFromDisposeScope();
            var value = loss.item<float>();
            smoothed = step == 0 ? value : (0.98 * smoothed) + (0.02 * value);
            progress?.Invoke(step, smoothed);
        }
        foreach (var tensor in (states ?? []).SelectMany(s => s.Tensors)) tensor.Dispose();
        odd?.Dispose();
        return Score(network, smoothed);
    }

    private int Whole => options.Steps / 2;

    // Short sequences first: the parity of two bits is learnt from its loss, that of 64 is not.
    private int Length(int step)
    {
        return step >= Whole ? options.TrainLength : Math.Max(2, Math.Min(options.TrainLength, (int)(2 * Math.Pow(options.TrainLength / 2.0, (double)step / Whole))));
    }

    private double Rate(int step)
    {
        var warm = Math.Min(1, (step + 1) / (0.05 * options.Steps));
        return options.LearningRate * warm * 0.5 * (1 + Math.Cos(Math.PI * step / options.Steps));
    }

    private static (Tensor Bits, Tensor Parity) Sequences(long count, long length, Tensor? odd = null)
    {
        var bits = randint(0, 2, [count, length], dtype: ScalarType.Int64);
        var ones = bits.cumsum(1);
        if (odd is not null) ones = ones + odd.to_type(ScalarType.Int64);
        return (bits, ones.remainder(2).to_type(ScalarType.Float32));
    }

    private ParityScore Score(ParityNetwork network, double loss)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        random.manual_seed(options.Seed + 1);
        var (bits, parity) = Sequences(256, options.TestLength);
        var right = ((network.forward(bits) > 0).to_type(ScalarType.Float32) == parity).to_type(ScalarType.Float32);
        double Mean(long from, long to) => right.narrow(1, from, to - from).mean().item<float>();
        return new ParityScore(Mean(0, options.Seen), Mean(options.Seen, options.TestLength), Mean(options.TestLength * 3L / 4, options.TestLength), loss);
    }

    private const double DecayRate = 1e-3;

    private sealed class ParityNetwork : nn.Module<Tensor, Tensor>
    {
        private readonly Parameter embed;
        private readonly Encoder encoder;
        private readonly Linear head;

        public ParityNetwork(BlockConfig block) : base(nameof(ParityNetwork))
        {
            embed = new Parameter(randn(2, block.DModel));
            encoder = Encoder.Causal(block, 1);
            head = nn.Linear(block.DModel, 1);
            RegisterComponents();
            using var _ = no_grad();
            // Hardly any decay: what tells odd from even is a sign, and a decaying state loses it. The same for every model.
            foreach (var (name, parameter) in named_parameters())
                if (name.EndsWith("A_log", StringComparison.Ordinal)) parameter.fill_(Math.Log(DecayRate));
        }

        /// <summary>All but the decay rates, which stay as they are.</summary>
        public IEnumerable<Parameter> Trained => named_parameters().Where(p => !p.name.EndsWith("A_log", StringComparison.Ordinal)).Select(p => p.parameter);

        public override Tensor forward(Tensor bits) => Run(bits, null).Logits;

        public (Tensor Logits, IReadOnlyList<BlockState> States) Run(Tensor bits, IReadOnlyList<BlockState>? states)
        {
            var tokens = embed.index_select(0, bits.flatten()).reshape(bits.shape[0], bits.shape[1], embed.shape[1]);
            var (encoded, after) = encoder.Run(tokens, null, states);
            return (head.forward(encoded).squeeze(-1), after);
        }
    }
}
