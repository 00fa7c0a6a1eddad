using SsdForecast.Runtime;
using SsdForecast.Torch.Blocks;
using SsdForecast.Torch.Encoders;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Cuda.Blocks;

/// <summary>Blocks and encoders with the fused kernels against the same made of torch's operators.</summary>
[Collection("GPU")]
public class FusedBlockTests
{
    private static readonly BlockConfig Small = new() { DModel = 32, DState = 16, HeadDim = 16 };

    /// <summary>Sizes that the operator's kernels take padded: such a block is a node of the graph for each of its parts.</summary>
    private static readonly BlockConfig Odd = new() { DModel = 36, DState = 12, HeadDim = 8, NGroups = 3 };

    public static TheoryData<bool, bool, ScalarType, double> Encoders => new()
    {
        { false, false, ScalarType.Float32, 1e-4 }, { true, false, ScalarType.Float32, 1e-4 }, { false, false, ScalarType.BFloat16, 3e-2 }, { true, false, ScalarType.BFloat16, 3e-2 },
        { false, true, ScalarType.Float32, 1e-4 }, { true, true, ScalarType.Float32, 1e-4 }, { true, true, ScalarType.Float16, 3e-2 },
    };

    [Theory]
    [MemberData(nameof(Encoders))]
    public void An_encoder_on_the_device_equals_its_operators_on_the_host(bool bidirectional, bool odd, ScalarType compute, double tolerance)
    {
        if (!BlockKernelTests.Available()) return;
        using var scope = NewDisposeScope();
        manual_seed(21);
        var config = odd ? Odd : Small;
        using var encoder = bidirectional ? Encoder.Bidirectional(config, 2) : Encoder.Causal(config, 2);
        var x = randn(3, 40, config.DModel);
        var expected = Everything(encoder, x, fused: false);
        encoder.cuda();
        encoder.ComputeType = compute;
        var actual = Everything(encoder, x.cuda(), fused: true);
        foreach (var ((name, a), (_, e)) in actual.Zip(expected)) Close.Within(tolerance, a.cpu(), e, name, floor: compute == ScalarType.Float32 ? 0 : 1);
    }

    /// <summary>Groups, either order of norm and gate, elapsed time: and that such a block is one node of the graph.</summary>
    [Theory]
    [InlineData(false, 1, false, false)]
    [InlineData(false, 2, true, true)]
    [InlineData(false, 2, false, true)]
    [InlineData(true, 2, true, false)]
    public void A_block_that_is_one_node_equals_its_operators(bool bidirectional, int groups, bool normBeforeGate, bool irregular)
    {
        if (!BlockKernelTests.Available()) return;
        using var scope = NewDisposeScope();
        manual_seed(24);
        var config = Small with { NGroups = groups, NormBeforeGate = normBeforeGate };
        using SequenceMixer block = bidirectional ? new QuasiseparableBlock(config) : new Mamba2Block(config);
        var (x, elapsed) = (randn(3, 70, 32), irregular ? rand(3, 70) * 3 : null);
        var upstream = randn(3, 70, 32);
        List<(string Name, Tensor Value)> Run(Tensor u, Tensor? time, bool whole)
        {
            block.Fused = whole;
            block.zero_grad();
            u = u.detach().requires_grad_(true);
            var y = !whole ? block.forward(u, time) : bidirectional ? ((QuasiseparableBlock)block).Whole(u) : ((Mamba2Block)block).Whole(u, time);
            Assert.NotNull(y);
            (y * upstream.to(u.device)).sum().backward();
            return [("y", y), ("du", u.grad!), .. block.named_parameters().Select(p => (p.name, p.parameter.grad!.clone()))];
        }
        var expected = Run(x, elapsed, whole: false);
        block.cuda();
        foreach (var ((name, a), (_, e)) in Run(x.cuda(), elapsed?.cuda(), whole: true).Zip(expected)) Close.Within(1e-4, a.cpu(), e, name);
        if (!bidirectional) Assert.Throws<ArgumentException>(() => block.forward(x.cuda(), rand(3, 69, device: CUDA)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_encoder_on_the_host_is_the_same_with_and_without_kernels(bool bidirectional)
    {
        using var scope = NewDisposeScope();
        manual_seed(22);
        using var encoder = bidirectional ? Encoder.Bidirectional(Small, 2) : Encoder.Causal(Small, 2);
        encoder.to(ScalarType.Float64);
        var x = randn(2, 20, 32, dtype: ScalarType.Float64);
        foreach (var ((name, a), (_, e)) in Everything(encoder, x, fused: true).Zip(Everything(encoder, x, fused: false))) Close.Within(1e-10, a, e, name);
    }

    [Fact]
    public void A_causal_encoder_in_pieces_equals_the_whole_on_the_device()
    {
        if (!BlockKernelTests.Available()) return;
        using var scope = NewDisposeScope();
        manual_seed(23);
        using var encoder = Encoder.Causal(Small, 2).cuda();
        var x = randn(2, 90, 32, device: CUDA).requires_grad_(true);
        var upstream = randn(2, 90, 32, device: CUDA);
        Dictionary<string, Tensor> Gradients(Func<Tensor> run)
        {
            encoder.zero_grad();
            x.grad = null;
            var y = run();
            (y * upstream).sum().backward();
            return new(encoder.named_parameters().ToDictionary(p => p.name, p => p.parameter.grad!.clone())) { ["x"] = x.grad!, ["y"] = y };
        }

        var whole = Gradients(() => encoder.forward(x, null));
        var pieces = Gradients(() =>
        {
            var (first, states) = encoder.Run(x.narrow(1, 0, 2));
            var (second, after) = encoder.Run(x.narrow(1, 2, 50), null, states);
            return cat([first, second, encoder.Run(x.narrow(1, 52, 38), null, after).Output], 1);
        });
        foreach (var (name, value) in whole) Close.Within(1e-4, pieces[name], value, name);
    }

    [Fact]
    public void Dropout_on_the_device_follows_the_seed()
    {
        if (!BlockKernelTests.Available()) return;
        using var scope = NewDisposeScope();
        using var encoder = Encoder.Causal(Small, 2, dropout: 0.3).cuda();
        var x = randn(2, 30, 32, device: CUDA);
        Tensor Run(int seed)
        {
            manual_seed(seed);
            return encoder.forward(x, null);
        }
        Assert.True((Run(1) == Run(1)).all().cpu().item<bool>());
        Assert.False((Run(1) == Run(2)).all().cpu().item<bool>());
        encoder.eval();
        Assert.True((Run(1) == Run(2)).all().cpu().item<bool>());
    }

    private static List<(string Name, Tensor Value)> Everything(Encoder encoder, Tensor x, bool fused)
    {
        encoder.Fused = fused;
        encoder.zero_grad();
        x = x.detach().requires_grad_(true);
        var y = encoder.forward(x, null);
        manual_seed(5);
        (y * randn(y.shape, dtype: ScalarType.Float64).to_type(y.dtype).to(y.device)).sum().backward();
        return [("y", y), ("dx", x.grad!), .. encoder.named_parameters().Select(p => (p.name, p.parameter.grad!.clone()))];
    }
}
