using System.Runtime.CompilerServices;
using SsdForecast.Torch.Cuda;
using SsdForecast.Torch.Cuda.Steps;
using SsdForecast.Torch.Tests.Cuda.Blocks;
using SsdForecast.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Cuda.Steps;

/// <summary>The fused optimizer beside the one made of operators. What needs a GPU says so without one and passes.</summary>
[Collection("GPU")]
public class FusedAdamWTests
{
    [Theory]
    [InlineData(0.0, ScalarType.Float32)]
    [InlineData(0.3, ScalarType.Float32)]
    [InlineData(0.3, ScalarType.BFloat16)]
    [InlineData(0.3, ScalarType.Float16)]
    public void Steps_equal_those_of_operators(double skipRate, ScalarType compute)
    {
        if (!BlockKernelTests.Available()) return;
        using var scope = NewDisposeScope();
        var config = SmallNetworks.Config();
        var network = SmallNetworks.Create(config, 3).to(CUDA);
        network.ComputeType = compute;
        using var parameters = new FlatParameters(network);
        Assert.Equal(compute != ScalarType.Float32, parameters.Rounded is not null);
        using var plain = new FlatParameters(SmallNetworks.Create(config, 3));
        using var optimizer = new FlatAdamW(parameters, weightDecay: 0.05, skipRate);
        using var reference = new FlatAdamW(plain, weightDecay: 0.05, skipRate);
        var random = new Random(5);
        using var _ = no_grad();
        for (var step = 0; step < 20; step++)
        {
            manual_seed(step);
            var (clip, rate) = (random.NextDouble() * 3, 1e-2 * random.NextDouble());
            var gradients = randn(plain.Gradients.shape);
            plain.Gradients.copy_(gradients);
            plain.Tally(tensor(1f), tensor(step == 7 ? -1e9f : 1f));
            parameters.Gradients.copy_(plain.Gradients);
            var expected = reference.Normalise(clip, 1e-3).item<float>();
            reference.Step(rate);
            Assert.Equal(expected, optimizer.Advance(clip, 1e-3, rate).cpu().item<float>(), 1e-5 * Math.Abs(expected));
            Close.Within(2e-6, parameters.Values.cpu(), plain.Values, $"values after step {step + 1}");
            Close.Within(2e-6, optimizer.First.cpu(), reference.First, "first moments");
            Close.Within(2e-6, optimizer.Second.cpu(), reference.Second, "second moments");
            if (parameters.Rounded is { } rounded) Assert.True((rounded == parameters.RoundedRange.Of(parameters.Values).to_type(compute)).all().cpu().item<bool>());
        }
    }

    [Fact]
    public void A_gradient_that_is_no_number_leaves_none()
    {
        if (!BlockKernelTests.Available()) return;
        using var scope = NewDisposeScope();
        using var parameters = new FlatParameters(SmallNetworks.Create(SmallNetworks.Config(), 3).to(CUDA));
        using var optimizer = new FlatAdamW(parameters, weightDecay: 0.05, skipRate: 1);
        using (no_grad()) parameters.Gradients.fill_(0.1f).narrow(0, 70, 1).fill_(float.NaN);
        optimizer.Advance(1, 1e-3, 1e-2);
        Assert.True(parameters.Skip.Of(parameters.Values).isnan().all().cpu().item<bool>());
    }

    [Fact]
    public void Operands_are_laid_out_as_the_kernels_read_them() => Assert.Equal((7 * 8) + (6 * 8) + (6 * 4) + (2 * 4), Unsafe.SizeOf<AdamWOperands>());
}
