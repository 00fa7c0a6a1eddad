using System.Runtime.CompilerServices;
using SsdForecast.Torch.Cuda.Steps;
using SsdForecast.Torch.Tests.Cuda.Blocks;
using SsdForecast.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Cuda.Steps;

/// <summary>The fused loss beside the one made of operators, in float64. What needs a GPU says so without one and passes.</summary>
[Collection("GPU")]
public class FusedPinballTests
{
    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(3, 5, 7, 9)]
    [InlineData(700, 2, 96, 3)]
    [InlineData(1792, 1, 96, 9)]
    public void Loss_weight_and_gradients_equal_those_of_operators(long batch, long positions, long horizon, long levels)
    {
        if (!BlockKernelTests.Available()) return;
        using var scope = NewDisposeScope();
        manual_seed(batch);
        const double Unit = 37;
        var (target, quantiles) = (randn(batch, positions, horizon), randn(batch, positions, horizon, levels));
        var weight = rand(batch, positions, horizon) * (rand(batch, positions, horizon) > 0.3f);
        var tau = linspace(0.05, 0.95, levels);
        (Tensor Loss, Tensor Weight, Tensor OfTarget, Tensor OfQuantiles) Run(Device device, ScalarType type)
        {
            var (t, q) = (target.to(type).to(device).requires_grad_(), quantiles.to(type).to(device).requires_grad_());
            var (loss, sum) = PinballLoss.Sums(t, q, weight.to(type).to(device), tau.to(type).to(device), Unit);
            Assert.False(sum.requires_grad);
            (loss * 3).backward();
            return (loss.detach(), sum, t.grad!, q.grad!);
        }
        var expected = Run(CPU, ScalarType.Float64);
        var actual = Run(CUDA, ScalarType.Float32);
        Close.Within(2e-6, actual.Loss.cpu(), expected.Loss, "loss");
        Close.Within(2e-6, actual.Weight.cpu(), expected.Weight, "weight");
        Close.Within(2e-6, actual.OfTarget.cpu(), expected.OfTarget, "gradient of the targets");
        Close.Within(2e-6, actual.OfQuantiles.cpu(), expected.OfQuantiles, "gradient of the quantiles");
        var again = Run(CUDA, ScalarType.Float32);
        Assert.True((again.Loss == actual.Loss).cpu().item<bool>() && (again.OfQuantiles == actual.OfQuantiles).all().cpu().item<bool>());
    }

    [Fact]
    public void Operands_are_laid_out_as_the_kernel_reads_them() => Assert.Equal((9 * 8) + (4 * 4), Unsafe.SizeOf<PinballOperands>());
}
