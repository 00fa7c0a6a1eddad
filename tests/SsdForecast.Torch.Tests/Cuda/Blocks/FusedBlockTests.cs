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

    public static TheoryData<bool, ScalarType, double> Encoders => new()
    {
        { false, ScalarType.Float32, 1e-4 }, { true, ScalarType.Float32, 1e-4 }, { false, ScalarType.BFloat16, 3e-2 }, { true, ScalarType.BFloat16, 3e-2 },
    };

    [Theory]
    [MemberData(nameof(Encoders))]
    public void An_encoder_on_the_device_equals_its_operators_on_the_host(bool bidirectional, ScalarType compute, double tolerance)
    {
        if (!BlockKernelTests.Available()) return;
        using var scope = NewDisposeScope();
        manual_seed(21);
        using var encoder = bidirectional ? Encoder.Bidirectional(Small, 2) : Encoder.Causal(Small, 2);
        var x = randn(3, 40, 32);
        var expected = Everything(encoder, x, fused: false);
        encoder.cuda();
        encoder.ComputeType = compute;
        var actual = Everything(encoder, x.cuda(), fused: true);
        foreach (var ((name, a), (_, e)) in actual.Zip(expected)) Close.Within(tolerance, a.cpu(), e, name, floor: compute == ScalarType.Float32 ? 0 : 1);
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
