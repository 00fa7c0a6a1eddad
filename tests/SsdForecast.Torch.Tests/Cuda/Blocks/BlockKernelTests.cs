using SsdForecast.Torch.Cuda;
using SsdForecast.Torch.Cuda.Blocks;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Cuda.Blocks;

/// <summary>The kernels of a block against torch's operators in float64, outputs and gradients, over random shapes. Without a GPU each test says so and passes.</summary>
[Collection("GPU")]
public class BlockKernelTests
{
    private const int Trials = 8;

    public static TheoryData<ScalarType, double> Storages => new() { { ScalarType.BFloat16, 5e-3 }, { ScalarType.Float16, 5e-3 }, { ScalarType.Float32, 2e-5 } };

    internal static bool Available()
    {
        if (Driver.IsAvailable && KernelCompiler.IsAvailable && cuda.is_available()) return true;
        Console.WriteLine($"the test that needs a GPU passes without it: {Driver.WhyNot ?? (KernelCompiler.IsAvailable ? "torch sees no CUDA device" : "no NVRTC")}.");
        return false;
    }

    [Theory]
    [MemberData(nameof(Storages))]
    public void Inputs_of_the_operator_equal_convolution_split_and_flip(ScalarType storage, double tolerance)
    {
        if (!Available()) return;
        var random = new Random(11);
        for (var trial = 0; trial < Trials; trial++)
        {
            using var scope = NewDisposeScope();
            manual_seed(trial);
            var directions = 1 + (trial % 2);
            var (heads, taps) = (new[] { 1, 3, 4, 8 }[random.Next(4)], directions == 2 ? 7 : 1 + random.Next(5));
            var s = new InputsShape(heads * 8, heads, 1 + random.Next(2), new[] { 5, 8, 16 }[random.Next(3)], taps, directions == 2 ? 3 : 0, directions);
            var (b, l) = (1 + random.Next(4), 1 + random.Next(80));
            List<Operand> leaves = [Leaf(storage, b, l, s.Columns), Leaf(ScalarType.Float32, s.Channels, 1, taps), Leaf(ScalarType.Float32, s.Channels), Leaf(ScalarType.Float32, heads)];
            if (directions == 1 && trial % 4 == 0 && taps > 1) leaves.Add(Leaf(storage, b, taps - 1, s.Channels));
            Compare(
                tolerance,
                leaves,
                t =>
                {
                    var i = BlockInputsForm.Run(t[0], t[1], t[2], t[3], s, t.ElementAtOrDefault(4));
                    return [i.Gate, i.X, i.B, i.C, i.Dt, i.A, .. directions == 2 ? new[] { i.First } : []];
                },
                t => Reference(t, s),
                $"{s}, b {b}, l {l}");
        }
    }

    /// <summary>The same by torch's operators.</summary>
    private static List<Tensor> Reference(IReadOnlyList<Tensor> t, InputsShape s)
    {
        var (b, l) = (t[0].shape[0], t[0].shape[1]);
        var parts = t[0].split([s.Inner, s.Channels, s.Directions * s.Heads], -1);
        var before = t.Count > 4 ? t[4] : zeros(b, s.Taps - 1 - s.Ahead, s.Channels, dtype: t[0].dtype);
        var padded = cat([before, parts[1], zeros(b, s.Ahead, s.Channels, dtype: t[0].dtype)], 1);
        var a = t[2] + zeros_like(parts[1]);
        for (var k = 0; k < s.Taps; k++) a = a + (padded.narrow(1, k, l) * t[1].select(2, k).squeeze(-1));
        long[] widths = [s.Inner, .. Enumerable.Repeat((long)s.Maps, 2 * s.Directions)];
        var mixed = nn.functional.silu(a).split(widths, -1);
        Tensor Both(Tensor first, Tensor second) => s.Directions == 1 ? first : cat([first, second.flip(1)], 0);
        Tensor Map(int i) => Both(mixed[i], mixed[s.Directions == 1 ? i : i + 2]).reshape(s.Directions * b, l, s.Groups, s.State);
        var dt = Both(parts[2].narrow(2, 0, s.Heads), parts[2].narrow(2, (s.Directions - 1L) * s.Heads, s.Heads));
        List<Tensor> results = [parts[0], Both(mixed[0], mixed[0]).reshape(s.Directions * b, l, s.Heads, s.Inner / s.Heads), Map(1), Map(2), dt, t[3].exp().neg()];
        if (s.Directions == 2) results.Add(mixed[0]);
        return results;
    }

    [Theory]
    [MemberData(nameof(Storages))]
    public void A_gated_norm_equals_operators(ScalarType storage, double tolerance)
    {
        if (!Available()) return;
        var random = new Random(12);
        for (var trial = 0; trial < Trials; trial++)
        {
            using var scope = NewDisposeScope();
            manual_seed(trial);
            var (groups, size, gateLast) = (1 + random.Next(2), new[] { 20, 32, 64, 256, 500 }[random.Next(5)], trial % 2 == 0);
            var (b, l, features) = (1 + random.Next(4), 1 + random.Next(200), (long)groups * size);
            Compare(
                tolerance,
                [Leaf(storage, b, l, features), Leaf(storage, b, l, features + 24), Leaf(ScalarType.Float32, features)],
                t => [GatedNorm.Run(t[0], t[1].narrow(2, 0, features), t[2], groups, 1e-5, gateLast)],
                t =>
                {
                    var open = nn.functional.silu(t[1].narrow(2, 0, features));
                    return [gateLast ? Norm(t[0], t[2], groups) * open : Norm(t[0] * open, t[2], groups)];
                },
                $"{groups} × {size}, gate last: {gateLast}, b {b}, l {l}");
        }
    }

    [Theory]
    [MemberData(nameof(Storages))]
    public void Two_directions_are_put_together_as_by_operators(ScalarType storage, double tolerance)
    {
        if (!Available()) return;
        var random = new Random(13);
        for (var trial = 0; trial < Trials; trial++)
        {
            using var scope = NewDisposeScope();
            manual_seed(trial);
            var (heads, p, groups) = (2 * (1 + random.Next(20)), new[] { 4, 12, 16 }[random.Next(3)], 1 + (trial % 2));
            var (b, l, features) = (1 + random.Next(4), 1 + random.Next(60), (long)heads * p);
            Compare(
                tolerance,
                [Leaf(storage, 2 * b, l, heads, p), Leaf(storage, b, l, features), Leaf(storage, b, l, heads), Leaf(ScalarType.Float32, heads), Leaf(storage, b, l, features), Leaf(ScalarType.Float32, features)],
                t => [GatedNorm.Merged(t[0], t[1], t[2], t[3], t[4], t[5], groups, 1e-5)],
                t =>
                {
                    var later = cat([zeros_like(t[0].narrow(1, 0, 1)), t[0].narrow(1, 0, l - 1)], 1);
                    var diagonal = (t[2] + t[3]).unsqueeze(-1) * t[1].reshape(b, l, heads, p);
                    var y = later.narrow(0, 0, b) + later.narrow(0, b, b).flip(1) + diagonal;
                    return [Norm(y.reshape(b, l, features), t[5], groups) * nn.functional.silu(t[4])];
                },
                $"{heads} × {p}, {groups} groups, b {b}, l {l}");
        }
    }

    [Theory]
    [MemberData(nameof(Storages))]
    public void A_residual_norm_equals_operators(ScalarType storage, double tolerance)
    {
        if (!Available()) return;
        var random = new Random(14);
        for (var trial = 0; trial < Trials; trial++)
        {
            using var scope = NewDisposeScope();
            manual_seed(trial);
            long features = 4 * (1 + random.Next(120));
            var (b, l) = (1 + random.Next(4), 1 + random.Next(200));
            var output = trial % 2 == 0 ? storage : ScalarType.Float32;
            Operand[] leaves = [Leaf(ScalarType.Float32, b, l, features), Leaf(storage, b, l, features), Leaf(ScalarType.Float32, features)];
            Compare(
                tolerance,
                leaves,
                t =>
                {
                    var (sum, normed) = ResidualNorm.Add(t[0], t[1], t[2], 1e-5, output, 0, 0);
                    return [sum, normed];
                },
                t => [t[0] + t[1], Norm(t[0] + t[1], t[2], 1)],
                $"{features} features, b {b}, l {l}");
            Compare(tolerance, [leaves[0], leaves[2]], t => [ResidualNorm.Norm(t[0], t[1], 1e-5, output)], t => [Norm(t[0], t[1], 1)], $"{features} features alone");
        }
    }

    [Fact]
    public void Dropout_leaves_out_its_part_and_its_gradient_the_same_places()
    {
        if (!Available()) return;
        using var scope = NewDisposeScope();
        manual_seed(1);
        var x = zeros(64, 100, 128, device: CUDA).requires_grad_(true);
        var y = ones(64, 100, 128, dtype: ScalarType.BFloat16, device: CUDA).requires_grad_(true);
        var weight = ones(128, device: CUDA);
        Tensor Sum(ulong seed) => ResidualNorm.Add(x, y, weight, 1e-5, ScalarType.BFloat16, 0.25, seed).Sum;
        var sum = Sum(5);
        var kept = sum.detach().cpu();
        Assert.True(((kept == 0) | ((kept - (4.0 / 3)).abs() < 1e-6)).all().item<bool>());
        // Six standard deviations of 819,200 draws.
        Assert.InRange((kept == 0).to_type(ScalarType.Float64).mean().item<double>(), 0.25 - 0.003, 0.25 + 0.003);
        sum.sum().backward();
        Assert.True(((y.grad! == 0) == (sum == 0)).all().cpu().item<bool>());
        Assert.True((Sum(5) == sum).all().cpu().item<bool>());
        Assert.False((Sum(6) == sum).all().cpu().item<bool>());
    }

    /// <summary>Numbers as the device has them in a type, in float64 on the host.</summary>
    private sealed record Operand(ScalarType Type, Tensor Host);

    private static Operand Leaf(ScalarType type, params long[] shape) => new(type, randn(shape).to_type(type).to_type(ScalarType.Float64).requires_grad_(true));

    private static Tensor Norm(Tensor x, Tensor weight, long groups)
    {
        var grouped = x.reshape([.. x.shape[..^1], groups, x.shape[^1] / groups]);
        return (grouped * (grouped.square().mean([-1L], keepdim: true) + 1e-5).rsqrt()).reshape(x.shape) * weight;
    }

    /// <summary>Outputs and gradients of both, under the same upstream gradients; and the same bits a second time.</summary>
    private static void Compare(double tolerance, IReadOnlyList<Operand> operands, Func<List<Tensor>, List<Tensor>> fused, Func<List<Tensor>, List<Tensor>> reference, string what)
    {
        var host = operands.Select(o => o.Host).ToList();
        foreach (var leaf in host) leaf.grad = null;
        List<Tensor> Run()
        {
            var device = operands.Select(o => o.Host.detach().to_type(o.Type).cuda().requires_grad_(true)).ToList();
            var outputs = fused(device);
            manual_seed(99);
            autograd.backward(outputs, [.. outputs.Select(o => randn(o.shape, dtype: ScalarType.Float64).to_type(o.dtype).cuda())]);
            return [.. outputs.Select(o => o.detach()), .. device.Select(d => d.grad!)];
        }

        var first = Run();
        var expected = reference(host);
        manual_seed(99);
        autograd.backward(expected, [.. first.Take(expected.Count).Select(o => randn(o.shape, dtype: ScalarType.Float64).to_type(o.dtype).to_type(ScalarType.Float64))]);
        var all = expected.Select(e => e.detach()).Concat(host.Select(h => h.grad!)).ToList();
        for (var i = 0; i < all.Count; i++) Close.Within(tolerance, first[i].cpu(), all[i], $"{(i < expected.Count ? $"output {i}" : $"gradient {i - expected.Count}")} of {what}");
        foreach (var (a, b) in first.Zip(Run())) Assert.True((a == b).all().cpu().item<bool>(), $"other bits the second time: {what}");
    }
}
