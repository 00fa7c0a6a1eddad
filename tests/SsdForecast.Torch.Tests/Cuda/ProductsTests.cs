using SsdForecast.Torch.Cuda;
using SsdForecast.Torch.Tests.Cuda.Blocks;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Cuda;

/// <summary>Products by cuBLAS beside torch's in float64. What needs a GPU says so without one and passes.</summary>
[Collection("GPU")]
public class ProductsTests
{
    [Theory]
    [InlineData(ScalarType.BFloat16, 5e-3)]
    [InlineData(ScalarType.Float16, 1e-3)]
    [InlineData(ScalarType.Float32, 2e-6)]
    public void A_linear_map_and_its_gradients_equal_those_of_torch(ScalarType type, double tolerance)
    {
        if (!BlockKernelTests.Available()) return;
        Assert.True(Cublas.IsAvailable, "libtorch for CUDA brings cuBLAS");
        using var scope = NewDisposeScope();
        foreach (var (b, l, inputs, outputs) in new[] { (1L, 1L, 1L, 1L), (3, 7, 5, 11), (2, 64, 128, 32), (9, 33, 24, 640) })
        {
            manual_seed(inputs);
            Tensor Round(params long[] shape) => randn(shape).to_type(type);
            var (x, weight, gradient, sum) = (Round(b, l, inputs), Round(outputs, inputs), Round(b, l, outputs), Round(b, l, inputs));
            Tensor Double(Tensor t) => t.to_type(ScalarType.Float64);
            var (x2, g2) = (Double(x).view(-1, inputs), Double(gradient).view(-1, outputs));
            void Check(Tensor actual, Tensor expected, string what)
            {
                Assert.Equal(type, actual.dtype);
                Close.Within(tolerance, actual.cpu(), expected, $"{what}, {b} × {l} × {inputs} × {outputs}");
            }
            Check(Products.Linear(x.cuda(), weight.cuda()), matmul(x2, Double(weight).t()).view(b, l, outputs), "outputs");
            Check(Products.OfInput(gradient.cuda(), weight.cuda()), matmul(g2, Double(weight)).view(b, l, inputs), "gradient of the inputs");
            Check(Products.OfWeight(gradient.cuda(), x.cuda()), matmul(g2.t(), x2), "gradient of the weight");
            var to = sum.cuda();
            Products.AddOfInput(to, gradient.cuda(), weight.cuda());
            Check(to, Double(sum) + matmul(g2, Double(weight)).view(b, l, inputs), "added gradient");
        }
    }

    [Fact]
    public void Without_cuBLAS_torch_answers()
    {
        if (Cublas.IsAvailable) return;
        using var scope = NewDisposeScope();
        var (x, weight, gradient) = (randn(2, 3, 5), randn(4, 5), randn(2, 3, 4));
        Close.Within(1e-6, Products.Linear(x, weight), nn.functional.linear(x, weight), "outputs");
        Close.Within(1e-6, Products.OfInput(gradient, weight), matmul(gradient, weight), "gradient of the inputs");
        Close.Within(1e-6, Products.OfWeight(gradient, x), matmul(gradient.view(6, 4).t(), x.view(6, 5)), "gradient of the weight");
        var to = ones(2, 3, 5);
        Products.AddOfInput(to, gradient, weight);
        Close.Within(1e-6, to, 1 + matmul(gradient, weight), "added gradient");
    }
}
