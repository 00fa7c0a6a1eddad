using FsCheck;
using FsCheck.Fluent;
using SsdForecast.Torch.Ssd;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests;

/// <summary>Random operands of the SSD operator: odd shapes, groups, extreme decay, zero steps.</summary>
public sealed record RandomSsd(int Seed, int Batch, int Length, int Heads, int HeadDim, int StateSize, int GroupChoice, int Chunk, bool Diagonal, bool Extras)
{
    public static Arbitrary<RandomSsd> Any { get; } = (
        from seed in Gen.Choose(0, 1_000_000)
        from batch in Gen.Choose(1, 2)
        from length in Gen.Frequency((1, Gen.Choose(1, 3)), (4, Gen.Choose(4, 45)))
        from heads in Gen.Elements(1, 2, 4, 6)
        from headDim in Gen.Choose(1, 5)
        from stateSize in Gen.Choose(1, 6)
        from groups in Gen.Choose(0, 2)
        from chunk in Gen.Elements(1, 4, 7, 16, 32, 64)
        from diagonal in Gen.Elements(true, false)
        from extras in Gen.Elements(true, false)
        select new RandomSsd(seed, batch, length, heads, headDim, stateSize, groups, chunk, diagonal, extras)).ToArbitrary();

    /// <summary>With Mamba-3 options: the trapezoidal rule, rotation (where A allows it), or both; some steps of elapsed time 0.</summary>
    public bool Mamba3 { get; init; }

    /// <summary>
    /// Steps of at most 1; where something is forgotten it is by a large rate. The gradient of an angle is a sum of terms with two step sizes each, of the
    /// step that turns and of the input that is turned; float32 has no digits left for it where both are 1000.
    /// </summary>
    public bool ShortSteps { get; init; }

    /// <summary>1, 2 (if it divides the heads) or as many as there are heads.</summary>
    public int Groups => GroupChoice switch { 0 => 1, 1 => Heads % 2 == 0 ? 2 : 1, _ => Heads };

    public SsdOptions Options(SsdForm form) => new() { Form = form, ChunkSize = Chunk };

    /// <summary>Leaf tensors that require gradients.</summary>
    public SsdInputs Inputs(ScalarType dtype = ScalarType.Float64)
    {
        manual_seed(Seed);
        var random = new Random(Seed);
        Tensor Leaf(Tensor t) => t.to_type(dtype).detach().requires_grad_(true);
        Tensor Normal(params long[] shape) => randn(shape, dtype: ScalarType.Float64);
        var dt = Normal(Batch, Length, Heads).exp() * 0.3;
        // Some steps do nothing, some forget everything: dt·A down to about −1e3.
        var kind = rand(Batch, Length, Heads, dtype: ScalarType.Float64);
        dt = where(kind < 0.1, zeros_like(dt), where(kind > 0.9, dt * 1000, dt));
        var inputs = new SsdInputs
        {
            X = Leaf(Normal(Batch, Length, Heads, HeadDim)),
            Dt = Leaf(dt),
            A = Leaf(Diagonal ? -Normal(Heads, StateSize).exp() : -Normal(Heads).exp()),
            B = Leaf(Normal(Batch, Length, Groups, StateSize)),
            C = Leaf(Normal(Batch, Length, Groups, StateSize)),
        };
        if (ShortSteps)
        {
            var rate = where(rand(Heads, dtype: ScalarType.Float64) < 0.3, full(Heads, 1000, dtype: ScalarType.Float64), ones(Heads, dtype: ScalarType.Float64));
            inputs = inputs with { Dt = Leaf(inputs.Dt.clamp(0, 1)), A = Leaf(inputs.A * (Diagonal ? rate.unsqueeze(-1) : rate)) };
        }
        if (Mamba3) inputs = AddMamba3(inputs, dtype, Leaf, Normal, random.Next(3));
        if (!Extras) return inputs;
        return inputs with
        {
            D = Leaf(Normal(Heads)),
            Gain = inputs.Lambda is null && random.Next(2) == 0 ? Leaf(Normal(Batch, Length, Heads)) : null,
            InitialStates = Leaf(Normal(Batch, Heads, HeadDim, StateSize)),
            Elapsed = random.Next(2) == 0 ? ElapsedTimes(dtype) : null,
            SequenceIndex = random.Next(2) == 0 ? randint(0, 3, [Batch, Length], dtype: ScalarType.Int64) : null,
        };
    }

    private SsdInputs AddMamba3(SsdInputs inputs, ScalarType dtype, Func<Tensor, Tensor> leaf, Func<long[], Tensor> normal, int which)
    {
        if (Diagonal || StateSize < 2) which = 0;
        if (which != 1)
        {
            // Anywhere in [0, 1], the ends included.
            inputs = inputs with { Lambda = leaf((normal([Batch, Length, Heads]) + 0.5).clamp(0, 1)) };
            if (Extras) inputs = inputs with { PreviousB = leaf(normal([Batch, Groups, StateSize])), PreviousX = leaf(normal([Batch, Heads, HeadDim])) };
        }
        return which == 0 ? inputs : inputs with { Rotation = leaf(normal([Batch, Length, Seed % 2 == 0 ? 1 : Heads, 1 + (Seed % (StateSize / 2))]) * 3) };
    }

    private Tensor ElapsedTimes(ScalarType dtype)
    {
        var elapsed = rand(Batch, Length, dtype: dtype) * 2;
        return Mamba3 ? where(rand(Batch, Length) < 0.2, zeros_like(elapsed), elapsed) : elapsed;
    }
}
