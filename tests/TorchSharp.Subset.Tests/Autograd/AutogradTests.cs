using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Autograd;

public class AutogradTests
{
    [Fact]
    public void Backward_accumulates_into_the_leaves()
    {
        using Tensor x = tensor(new[] { 1.0, 2, 3 }, requires_grad: true);
        x.pow(2).sum().backward();
        Check.Close([2, 4, 6], x.grad!);
        x.pow(2).sum().backward();
        Check.Close([4, 8, 12], x.grad!);
        x.grad = null;
        Assert.Null(x.grad);
        x.grad = ones_like(x);
        Check.Close([1, 1, 1], x.grad!);
        Assert.True(x.is_leaf);
        Assert.False((x * 2).is_leaf);
    }

    [Fact]
    public void Weights_of_the_roots()
    {
        using Tensor x = tensor(new[] { 1.0, 2 }, requires_grad: true);
        Tensor y = x * x;
        y.backward([tensor(new[] { 10.0, 1 })]);
        Check.Close([20, 4], x.grad!);
        Assert.Throws<ExternalException>(() => (x * x).backward());
    }

    [Fact]
    public void Gradients_of_outputs_with_respect_to_inputs()
    {
        using Tensor x = tensor(3.0, requires_grad: true), unused = tensor(1.0, requires_grad: true);
        Tensor y = x * x * x;
        Tensor first = autograd.grad([y], [x], retain_graph: true, create_graph: true)[0];
        Assert.Equal(27, first.ToDouble());
        Assert.Equal(18, autograd.grad([first], [x])[0].ToDouble());
        Assert.Null(x.grad);
        Assert.True(autograd.grad([x * 2], [x, unused], allow_unused: true)[1].IsInvalid);
    }

    [SubsetFact("TorchSharp ends the process")]
    public void An_input_that_the_output_does_not_come_from_is_an_error()
    {
        using Tensor x = tensor(3.0, requires_grad: true), unused = tensor(1.0, requires_grad: true);
        Assert.Throws<ExternalException>(() => autograd.grad([x * 2], [unused]));
    }

    [Fact]
    public void A_graph_serves_once_unless_retained()
    {
        using Tensor x = tensor(3.0, requires_grad: true);
        Tensor y = x * x;
        autograd.backward(y, retain_graph: true);
        autograd.backward(y);
        Assert.Equal(12, x.grad!.ToDouble());
        var error = Assert.Throws<ExternalException>(() => autograd.backward(y));
        Assert.Contains("backward through the graph a second time", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recording_can_be_switched_off_and_on()
    {
        using Tensor x = tensor(3.0, requires_grad: true);
        using (no_grad())
        {
            Assert.False(is_grad_enabled());
            Assert.False((x * 2).requires_grad);
            using (enable_grad()) Assert.True((x * 2).requires_grad);
            Assert.False(is_grad_enabled());
        }
        Assert.True((x * 2).requires_grad);
        Assert.False(x.detach().requires_grad);
        using (inference_mode())
        {
            Assert.True(is_inference_mode_enabled());
            Assert.False((x * 2).requires_grad);
        }
        Assert.False(is_inference_mode_enabled());
    }

    [Fact]
    public void A_middle_gradient_is_kept_when_asked_for()
    {
        using Tensor x = tensor(3.0, requires_grad: true);
        Tensor y = x * 2;
        y.retain_grad();
        (y * y).backward();
        Assert.Equal(12, y.grad!.ToDouble());
    }
}
