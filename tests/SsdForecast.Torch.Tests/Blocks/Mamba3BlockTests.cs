using SsdForecast.Runtime;
using SsdForecast.Torch.Blocks;
using SsdForecast.Torch.Ssd;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Blocks;

/// <summary>Blocks with options of Mamba-3, one by one and together.</summary>
public class Mamba3BlockTests
{
    private static readonly BlockConfig Plain = new() { DModel = 16, DState = 6, HeadDim = 4, Expand = 2, NGroups = 2, DConv = 3, ChunkSize = 8 };

    public static TheoryData<string> Options => ["trapezoid", "rotation", "norm", "no convolution", "all", "all, one group, half of the states"];

    private static BlockConfig Config(string options) => options switch
    {
        "trapezoid" => Plain with { Discretization = Discretization.Trapezoid },
        "rotation" => Plain with { RotationFraction = 1 },
        "norm" => Plain with { BCNorm = true },
        "no convolution" => Plain with { DConv = 0 },
        "all" => Plain with { Discretization = Discretization.Trapezoid, RotationFraction = 1, BCNorm = true, DConv = 0 },
        _ => Plain with { Discretization = Discretization.Trapezoid, RotationFraction = 0.5, BCNorm = true, DConv = 0, NGroups = 1 },
    };

    [Theory]
    [MemberData(nameof(Options))]
    public void Every_form_equals_the_block_in_plain_loops(string options)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var config = Config(options);
        var u = randn(1, 29, 16, dtype: ScalarType.Float64);
        var elapsed = rand(1, 29, dtype: ScalarType.Float64) * 3;
        foreach (var form in new[] { SsdForm.Kernel, SsdForm.Chunked, SsdForm.Quadratic, SsdForm.Recurrent })
        {
            using var block = Random(new Mamba2Block(config, form));
            var weights = block.named_parameters().ToDictionary(p => p.name, p => p.parameter.detach().data<double>().ToArray());
            var reference = new ReferenceBlock(config, name => weights[name]);
            var expected = Enumerable.Range(0, 29).SelectMany(t => reference.Step(u[0, t].contiguous().data<double>().ToArray(), elapsed[0, t].item<double>())).ToArray();
            Close.Within(1e-10, block.forward(u, elapsed), tensor(expected).reshape(1, 29, 16), $"{options}, {form}");
        }
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void The_block_in_pieces_equals_the_whole(string options)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        using var block = Random(new Mamba2Block(Config(options)));
        var u = randn(2, 11, 16, dtype: ScalarType.Float64);
        var elapsed = (rand(2, 11, dtype: ScalarType.Float64) * 2) - 0.5;
        elapsed = elapsed.clamp_min(0);
        var (whole, end) = block.Run(u, elapsed);
        for (long cut = 1; cut < 11; cut++)
        {
            var (left, state) = block.Run(u.narrow(1, 0, cut), elapsed.narrow(1, 0, cut));
            var (right, after) = block.Run(u.narrow(1, cut, 11 - cut), elapsed.narrow(1, cut, 11 - cut), state);
            Close.Within(1e-11, cat([left, right], 1), whole, $"{options}, cut at {cut}");
            foreach (var (a, e) in after.Tensors.Zip(end.Tensors)) Close.Within(1e-11, a, e, $"{options}, state, cut at {cut}");
        }
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void Its_tensors_are_those_of_the_model_folder_and_all_get_a_gradient(string options)
    {
        using var scope = NewDisposeScope();
        using var block = Random(new Mamba2Block(Config(options)));
        Assert.Equal(
            ModelWeights.Mixer(Config(options)).Select(w => $"{w.Name} {string.Join(',', w.Shape)}").Order(StringComparer.Ordinal),
            block.named_parameters().Select(p => $"{p.name} {string.Join(',', p.parameter.shape)}").Order(StringComparer.Ordinal));
        block.forward(randn(2, 9, 16, dtype: ScalarType.Float64), null).square().sum().backward();
        AllHaveGradients(block);
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void The_bidirectional_block_is_the_same_in_every_form(string options)
    {
        using var scope = NewDisposeScope();
        var u = randn(2, 21, 16, dtype: ScalarType.Float64);
        var outputs = new List<Tensor>();
        foreach (var form in new[] { QuasiseparableForm.Dense, QuasiseparableForm.Kernel, QuasiseparableForm.Merged, QuasiseparableForm.TwoPasses })
        {
            using var block = Random(new QuasiseparableBlock(Config(options), form));
            outputs.Add(block.forward(u, null));
            Close.Within(1e-10, outputs[^1], outputs[0], $"{options}, {form}");
            outputs[^1].square().sum().backward();
            AllHaveGradients(block);
        }
    }

    [Fact]
    public void A_short_state_or_an_unknown_part_is_refused_by_name()
    {
        Assert.Contains("block.rotation_fraction", Assert.Throws<ArgumentException>(() => (Plain with { DState = 3, RotationFraction = 0.5 }).Validate()).Message);
        Assert.Contains("block.rotation_fraction", Assert.Throws<ArgumentException>(() => (Plain with { RotationFraction = 1.5 }).Validate()).Message);
    }

    private static void AllHaveGradients(nn.Module block)
    {
        foreach (var (name, parameter) in block.named_parameters())
            Assert.True(parameter.grad is { } g && g.isfinite().all().item<bool>() && g.abs().max().item<double>() > 0, $"{name} has no gradient");
    }

    /// <summary>The same random parameters in float64 for every block of the same shape, with steps long enough to turn.</summary>
    private static T Random<T>(T block)
        where T : nn.Module
    {
        using var _ = no_grad();
        manual_seed(9);
        block.to(ScalarType.Float64);
        foreach (var (name, parameter) in block.named_parameters())
            parameter.copy_(name == "dt_bias" ? rand(parameter.shape, dtype: ScalarType.Float64) - 1 : randn(parameter.shape, dtype: ScalarType.Float64) * (name.EndsWith("weight", StringComparison.Ordinal) ? 0.4 : 0) + (name.EndsWith("weight", StringComparison.Ordinal) && parameter.dim() > 1 ? 0 : 1) + (0.3 * randn(parameter.shape, dtype: ScalarType.Float64)));
        return block;
    }
}
