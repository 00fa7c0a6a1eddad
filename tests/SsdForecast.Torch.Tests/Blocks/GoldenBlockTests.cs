using SsdForecast.Runtime;
using SsdForecast.Tests;
using SsdForecast.Torch.Blocks;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Blocks;

/// <summary>The block against state-spaces/mamba 2.3.2: token by token in exact float32, and its chunked path with TF32 products.</summary>
public class GoldenBlockTests
{
    private static readonly BlockConfig Config = new() { DModel = 32, DState = 16, HeadDim = 8, Expand = 2, NGroups = 1, DConv = 4, ChunkSize = 64 };

    [Fact]
    public void The_block_equals_the_golden_numbers_with_its_gradients()
    {
        if (!SharedData.TryGet("golden/mamba2_block_small.safetensors", out var path)) return;
        using var scope = NewDisposeScope();
        var file = Safetensors.Read(path);
        Tensor Read(string key) => tensor(file.Float32(key), [.. file.Shape(key)]);
        using var block = Load(file);

        var u = Read("u").requires_grad_(true);
        var (y, state) = block.Run(u);
        Close.Within(2e-5, y, Read("y_step"), "y against the step path");
        Close.Within(3e-3, y, Read("y_chunked"), "y against the chunked path");
        Close.Within(2e-5, state.Ssm, Read("final_ssm_state"), "SSM state");
        var convolution = Read("final_conv_state").transpose(1, 2);
        Close.Within(2e-5, state.Convolution, convolution.narrow(1, 1, Config.DConv - 1), "convolution state");

        (y * Read("grad_y")).sum().backward();
        Close.Within(3e-3, u.grad!, Read("d_u"), "d_u");
        foreach (var (name, parameter) in block.named_parameters())
            Close.Within(3e-3, parameter.grad!, Read("d_param." + name), name);
    }

    [Fact]
    public void The_block_in_pieces_equals_the_whole()
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        manual_seed(4);
        using var block = new Mamba2Block(Config).to(ScalarType.Float64);
        var u = randn(2, 23, 32, dtype: ScalarType.Float64);
        var elapsed = rand(2, 23, dtype: ScalarType.Float64) * 2;
        var (whole, end) = block.Run(u, elapsed);
        for (long cut = 1; cut < 23; cut++)
        {
            var (left, state) = block.Run(u.narrow(1, 0, cut), elapsed.narrow(1, 0, cut));
            var (right, after) = block.Run(u.narrow(1, cut, 23 - cut), elapsed.narrow(1, cut, 23 - cut), state);
            Close.Within(1e-12, cat([left, right], 1), whole, $"cut at {cut}");
            Close.Within(1e-12, after.Ssm, end.Ssm, $"SSM state, cut at {cut}");
            Close.Within(1e-12, after.Convolution, end.Convolution, $"convolution state, cut at {cut}");
        }
    }

    [Fact]
    public void Its_keys_are_those_of_mamba_ssm()
    {
        using var block = new Mamba2Block(Config);
        Assert.Equal(
            ["A_log", "D", "conv1d.bias", "conv1d.weight", "dt_bias", "in_proj.weight", "norm.weight", "out_proj.weight"],
            block.state_dict().Keys.Order(StringComparer.Ordinal));
    }

    private static Mamba2Block Load(Safetensors file)
    {
        var block = new Mamba2Block(Config);
        using var _ = no_grad();
        foreach (var (name, parameter) in block.named_parameters())
            parameter.copy_(tensor(file.Float32("param." + name, parameter.shape), parameter.shape));
        return block;
    }
}
