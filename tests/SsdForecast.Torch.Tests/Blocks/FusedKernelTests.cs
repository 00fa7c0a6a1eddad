using FsCheck;
using FsCheck.Fluent;
using SsdForecast.Runtime.Kernels;
using SsdForecast.Torch.Blocks;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Blocks;

/// <summary>The fused convolution and norm against the same made of torch's operators, values and gradients.</summary>
public class FusedKernelTests
{
    /// <summary>Shapes of a convolution, shorter than its width among them, with channels that fill vectors and that do not.</summary>
    public sealed record RandomConv(int Seed, int Batch, int Length, int Channels, int Width, int LookAhead, bool Strided)
    {
        public static Arbitrary<RandomConv> Any { get; } = (
            from seed in Gen.Choose(0, 1_000_000)
            from batch in Gen.Choose(1, 3)
            from length in Gen.Frequency((2, Gen.Choose(1, 8)), (2, Gen.Choose(60, 70)), (1, Gen.Choose(250, 600)))
            from channels in Gen.Elements(1, 3, 4, 7, 8, 16, 20, 32, 33, 48)
            from width in Gen.Elements(1, 2, 3, 4, 5, 7, 8, 9)
            from ahead in Gen.Choose(0, width - 1)
            from strided in Gen.Elements(true, false)
            select new RandomConv(seed, batch, length, channels, width, ahead, strided)).ToArbitrary();
    }

    /// <summary>Shapes of a norm.</summary>
    public sealed record RandomNorm(int Seed, int Batch, int Length, int Groups, int GroupSize, bool Gated, bool NormBeforeGate, bool Strided)
    {
        public static Arbitrary<RandomNorm> Any { get; } = (
            from seed in Gen.Choose(0, 1_000_000)
            from batch in Gen.Choose(1, 3)
            from length in Gen.Frequency((3, Gen.Choose(1, 12)), (1, Gen.Choose(100, 300)))
            from groups in Gen.Choose(1, 3)
            from size in Gen.Elements(1, 2, 3, 5, 8, 16, 17, 24, 32, 64)
            from gated in Gen.Elements(true, false)
            from before in Gen.Elements(true, false)
            from strided in Gen.Elements(true, false)
            select new RandomNorm(seed, batch, length, groups, size, gated, before, strided)).ToArbitrary();
    }

    [Fact]
    public void A_convolution_equals_its_operators() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(RandomConv.Any, s =>
    {
        Compare(s, ScalarType.Float64, 1e-12);
        Compare(s, ScalarType.Float32, 1e-5);
    }));

    [Fact]
    public void A_norm_equals_its_operators() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(RandomNorm.Any, s =>
    {
        Compare(s, ScalarType.Float64, 1e-12);
        Compare(s, ScalarType.Float32, 1e-5);
    }));

    [Theory]
    [InlineData(5, 4, 0)]
    [InlineData(2, 4, 0)]
    [InlineData(6, 7, 3)]
    public void Gradients_of_a_convolution_are_its_differences(int length, int width, int ahead)
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        using var conv = new DepthwiseConv(3, width, ahead).to(ScalarType.Float64);
        var x = randn(2, length, 3, dtype: ScalarType.Float64).requires_grad_(true);
        var upstream = randn(2, length, 3, dtype: ScalarType.Float64);
        Differences(() => (conv.Activated(x) * upstream).sum(), [("x", x), .. conv.named_parameters().Select(p => (p.name, (Tensor)p.parameter))]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_of_a_norm_are_its_differences(bool normBeforeGate)
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        using var norm = new RmsNorm(6, 2).to(ScalarType.Float64);
        Tensor Leaf() => randn(2, 3, 6, dtype: ScalarType.Float64).requires_grad_(true);
        var (x, z, upstream) = (Leaf(), Leaf(), Leaf().detach());
        Differences(() => (norm.Gated(x, z, normBeforeGate) * upstream).sum(), [("x", x), ("z", z), .. norm.named_parameters().Select(p => (p.name, (Tensor)p.parameter))]);
    }

    [Fact]
    public void Every_number_of_threads_gives_the_same_bits()
    {
        var former = ThreadTeam.Current;
        try
        {
            var results = new List<float[]>();
            foreach (var team in (ThreadTeam[])[former, new Threads(1), new Threads(3)])
            {
                using var scope = NewDisposeScope();
                ThreadTeam.Current = team;
                manual_seed(5);
                using var conv = new DepthwiseConv(40, 4);
                using var norm = new RmsNorm(40);
                var x = randn(3, 700, 40).requires_grad_(true);
                norm.Gated(conv.Activated(x), x, normBeforeGate: false).square().sum().backward();
                results.Add([.. new[] { x }.Concat(conv.parameters()).Concat(norm.parameters()).SelectMany(t => t.grad!.data<float>().ToArray())]);
            }
            Assert.All(results, r => Assert.Equal(results[0], r));
        }
        finally
        {
            ThreadTeam.Current = former;
        }
    }

    [Fact]
    public void A_history_takes_the_way_of_operators_and_gives_the_same()
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        using var conv = new DepthwiseConv(5, 4).to(ScalarType.Float64);
        var x = randn(2, 20, 5, dtype: ScalarType.Float64);
        var (left, right) = (x.narrow(1, 0, 2), x.narrow(1, 2, 18));
        var pieces = cat([conv.Activated(left), conv.Activated(right, conv.HistoryAfter(left, null))], 1);
        Close.Within(1e-12, pieces, conv.Activated(x), "in pieces");
    }

    private static void Compare(RandomConv s, ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        manual_seed(s.Seed);
        using var conv = new DepthwiseConv(s.Channels, s.Width, s.LookAhead).to(dtype);
        Tensor[] leaves = [Leaf(s.Strided, dtype, s.Batch, s.Length, s.Channels), .. conv.parameters()];
        var x = s.Strided ? leaves[0].narrow(2, 2, s.Channels) : leaves[0];
        Equal(tolerance, leaves, () => conv.Activated(x), () => nn.functional.silu(conv.Run(x, null)), s.ToString());
    }

    private static void Compare(RandomNorm s, ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        manual_seed(s.Seed);
        long features = s.Groups * s.GroupSize;
        using var norm = new RmsNorm(features, s.Groups).to(dtype);
        using (no_grad()) norm.parameters().Single().copy_(randn(features));
        Tensor[] leaves = [Leaf(s.Strided, dtype, s.Batch, s.Length, features), Leaf(s.Strided, dtype, s.Batch, s.Length, features), .. norm.parameters()];
        var (x, z) = s.Strided ? (leaves[0].narrow(2, 2, features), leaves[1].narrow(2, 2, features)) : (leaves[0], leaves[1]);
        if (s.Gated) Equal(tolerance, leaves, () => norm.Gated(x, z, s.NormBeforeGate), () => norm.PlainGated(x, z, s.NormBeforeGate), s.ToString());
        else Equal(tolerance, [leaves[0], leaves[2]], () => norm.forward(x), () => norm.Plain(x), s.ToString());
    }

    private static Tensor Leaf(bool strided, ScalarType dtype, long batch, long length, long features)
        => randn(batch, length, features + (strided ? 5 : 0), dtype: dtype).requires_grad_(true);

    private static void Equal(double tolerance, Tensor[] leaves, Func<Tensor> fused, Func<Tensor> plain, string what)
    {
        var (actual, expected) = (fused(), plain());
        var upstream = randn(actual.shape, dtype: actual.dtype);
        Close.Within(tolerance, actual, expected, what, floor: 1e-6);
        var actualGradients = autograd.grad([actual], leaves, [upstream]);
        var expectedGradients = autograd.grad([expected], leaves, [upstream]);
        // Where terms cancel, an error is judged beside the size of the terms, which is that of the gradient handed down.
        for (var i = 0; i < leaves.Length; i++)
            Close.Within(tolerance, actualGradients[i], expectedGradients[i], $"gradient {i} of {what}", floor: upstream.norm().to_type(ScalarType.Float64).item<double>());
    }

    private static void Differences(Func<Tensor> loss, IReadOnlyList<(string Name, Tensor Leaf)> leaves)
    {
        const double Step = 1e-6;
        var gradients = autograd.grad([loss()], [.. leaves.Select(l => l.Leaf)]);
        using var _ = no_grad();
        for (var i = 0; i < leaves.Count; i++)
        {
            var flat = leaves[i].Leaf.view(-1);
            for (var j = 0; j < flat.shape[0]; j++)
            {
                var at = flat.narrow(0, j, 1);
                at.add_(Step);
                var above = loss().item<double>();
                at.sub_(2 * Step);
                var below = loss().item<double>();
                at.add_(Step);
                var expected = (above - below) / (2 * Step);
                var actual = gradients[i].reshape(-1).narrow(0, j, 1).item<double>();
                Assert.True(Math.Abs(actual - expected) <= 1e-7 * Math.Max(1, Math.Abs(expected)), $"d{leaves[i].Name}[{j}]: {actual} and by differences {expected}");
            }
        }
    }

    /// <summary>As many threads as told, whatever is asked for.</summary>
    private sealed class Threads(int count) : ThreadTeam
    {
        public override void Run(int threads, Action work)
        {
            var others = Enumerable.Range(1, count - 1).Select(_ => new Thread(() => work())).ToList();
            others.ForEach(t => t.Start());
            work();
            others.ForEach(t => t.Join());
        }
    }

    [Fact]
    public void A_norm_takes_rows_of_its_width_and_gates_of_their_shape_alone()
    {
        using var scope = NewDisposeScope();
        using var norm = new RmsNorm(16);
        var x = randn(2, 50, 16);
        Assert.Throws<ArgumentException>(() => norm.forward(randn(2, 50, 32)));
        foreach (long[] shape in new long[][] { [2, 1, 16], [1, 1, 16], [16], [2, 50, 8] }) Assert.Throws<ArgumentException>(() => norm.Gated(x, randn(shape), normBeforeGate: true));
        Assert.Throws<ArgumentException>(() => norm.Gated(randn(2, 50, 8), randn(2, 50, 8), normBeforeGate: false));
    }
}
