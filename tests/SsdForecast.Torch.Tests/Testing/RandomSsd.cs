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
        if (!Extras) return inputs;
        return inputs with
        {
            D = Leaf(Normal(Heads)),
            InitialStates = Leaf(Normal(Batch, Heads, HeadDim, StateSize)),
            Elapsed = random.Next(2) == 0 ? rand(Batch, Length, dtype: dtype) * 2 : null,
            SequenceIndex = random.Next(2) == 0 ? randint(0, 3, [Batch, Length], dtype: ScalarType.Int64) : null,
        };
    }
}
