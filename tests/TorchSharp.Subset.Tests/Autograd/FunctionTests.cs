using System.Runtime.InteropServices;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace TorchSharp.Tests.Autograd;

public class FunctionTests
{
    private readonly Tensor _x = tensor(new[] { 0.5, -1.2, 2 }, requires_grad: true);
    private readonly Tensor _y = tensor(new[] { 1.5, 0.3, -0.7 }, requires_grad: true);

    [Fact]
    public void A_single_output_agrees_with_finite_differences()
    {
        Tensor Loss(Tensor x, Tensor y) => (Product.apply(x, y, 3.0) * Product.apply(y, x, 1.0)).sum();
        Loss(_x, _y).backward();
        Check.Close(Check.FiniteDifferences(x => Loss(x, _y), _x), _x.grad!, 1e-6);
        Check.Close(Check.FiniteDifferences(y => Loss(_x, y), _y), _y.grad!, 1e-6);
    }

    [Fact]
    public void Several_outputs_agree_with_finite_differences()
    {
        static Tensor Loss(Tensor x, Tensor y)
        {
            List<Tensor> outputs = SumAndProduct.apply(x, y);
            return (outputs[0].pow(2) + outputs[1].exp()).sum();
        }

        Loss(_x, _y).backward();
        Check.Close(Check.FiniteDifferences(x => Loss(x, _y), _x), _x.grad!, 1e-6);
        Check.Close(Check.FiniteDifferences(y => Loss(_x, y), _y), _y.grad!, 1e-6);
    }

    [Fact]
    public void Outputs_not_used_reach_backward_as_zeros()
    {
        SumAndProduct.apply(_x, _y)[1].sum().backward();
        Check.Close(_y, _x.grad!);
        Check.Close(_x, _y.grad!);
    }

    [Fact]
    public void Or_as_undefined_when_asked_for()
    {
        Undefined.Seen = [];
        Undefined.apply(_x)[1].sum().backward();
        Assert.Equal([true, false], Undefined.Seen);
        Check.Close([2, 2, 2], _x.grad!);
    }

    [Fact]
    public void A_null_gradient_stops_there()
    {
        Product.apply(_x.detach(), _y, 2.0).sum().backward();
        Assert.NotNull(_y.grad);
        Gate.apply(_x, _y).sum().backward();
        Assert.Null(_x.grad);
    }

    [Fact]
    public void Nothing_is_recorded_without_gradients()
    {
        using (no_grad()) Assert.False(Product.apply(_x, _y, 1.0).requires_grad);
        Assert.False(Product.apply(_x.detach(), _y.detach(), 1.0).requires_grad);
        Assert.True(Product.apply(_x, _y.detach(), 1.0).requires_grad);
    }

    [SubsetFact("TorchSharp ends the process")]
    public void An_error_in_backward_surfaces_with_its_text_and_the_graph_survives()
    {
        Tensor failing = Failing.apply(_x).sum();
        var error = Assert.Throws<ExternalException>(() => failing.backward());
        Assert.Contains("FormatException", error.Message, StringComparison.Ordinal);
        Assert.Contains("no such gradient", error.Message, StringComparison.Ordinal);
        Product.apply(_x, _y, 1.0).sum().backward();
        Check.Close(_y, _x.grad!);
    }

    [Fact]
    public void An_error_in_forward_surfaces_as_it_is() =>
        Assert.Throws<InvalidCastException>(() => Product.apply("text", _y, 1.0));

    [SubsetFact("TorchSharp ends the process")]
    public void The_wrong_number_of_gradients_is_an_error()
    {
        var error = Assert.Throws<ExternalException>(() => TooFew.apply(_x, _y).sum().backward());
        Assert.Contains("expected 2, got 1", error.Message, StringComparison.Ordinal);
    }

    [SubsetFact("TorchSharp ends the process")]
    public void A_saved_tensor_changed_since_is_an_error()
    {
        using Tensor saved = _y.detach().clone();
        Tensor loss = Product.apply(_x, saved, 1.0).sum();
        saved.add_(1);
        var error = Assert.Throws<ExternalException>(() => loss.backward());
        Assert.Contains("modified by an inplace operation", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_backward_needs_the_graph_retained()
    {
        Tensor loss = Product.apply(_x, _y, 1.0).sum();
        autograd.backward(loss, retain_graph: true);
        autograd.backward(loss);
        Check.Close(_y * 2, _x.grad!);
    }

    [SubsetFact("TorchSharp differentiates a custom function again and again")]
    public void Without_it_a_second_backward_is_an_error()
    {
        Tensor loss = Product.apply(_x, _y, 1.0).sum();
        autograd.backward(loss);
        Assert.Throws<ExternalException>(() => autograd.backward(loss));
    }

    [Fact]
    public void An_output_can_be_saved()
    {
        Exponential.apply(_x).sum().backward();
        Check.Close(_x.exp(), _x.grad!);
    }

    [Fact]
    public void An_input_changed_in_place_must_be_declared()
    {
        Tensor middle = _x * 1;
        Tensor result = Doubled.apply(middle);
        Check.Close(_x * 2, middle);
        result.sum().backward();
        Check.Close([2, 2, 2], _x.grad!);
    }

    [Fact]
    public void Outputs_can_be_declared_constant()
    {
        List<Tensor> outputs = WithConstant.apply(_x);
        Assert.True(outputs[0].requires_grad);
        Assert.False(outputs[1].requires_grad);
    }

    [Fact]
    public void A_function_nests_in_another_and_in_torchs_own()
    {
        Tensor loss = Exponential.apply(Product.apply(_x, _y, 1.0).sin()).mean();
        loss.backward();
        Check.Close(Check.FiniteDifferences(x => (x * _y).sin().exp().mean(), _x), _x.grad!, 1e-6);
    }

    [Fact]
    public void Bfloat16_keeps_its_type()
    {
        using Tensor x = ones(4, dtype: bfloat16, requires_grad: true);
        Exponential.apply(x).sum().backward();
        Assert.Equal(ScalarType.BFloat16, x.grad!.dtype);
    }

    private sealed class Product : SingleTensorFunction<Product>
    {
        public override string Name => nameof(Product);

        public override Tensor forward(AutogradContext ctx, params object[] vars)
        {
            (Tensor x, Tensor y, double factor) = ((Tensor)vars[0], (Tensor)vars[1], (double)vars[2]);
            Assert.False(is_grad_enabled());
            ctx.save_for_backward([x, null!, y]);
            ctx.save_data("factor", factor);
            return x * y * factor;
        }

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output)
        {
            List<Tensor> saved = ctx.get_saved_variables();
            Assert.Null(saved[1]);
            double factor = (double)ctx.get_data("factor");
            return [grad_output * saved[2] * factor, grad_output * saved[0] * factor, null!];
        }
    }

    private sealed class SumAndProduct : MultiTensorFunction<SumAndProduct>
    {
        public override string Name => nameof(SumAndProduct);

        public override List<Tensor> forward(AutogradContext ctx, params object[] vars)
        {
            (Tensor x, Tensor y) = ((Tensor)vars[0], (Tensor)vars[1]);
            ctx.save_for_backward([x, y]);
            return [x + y, x * y];
        }

        public override List<Tensor> backward(AutogradContext ctx, List<Tensor> grad_outputs)
        {
            List<Tensor> saved = ctx.get_saved_variables();
            return [grad_outputs[0] + (grad_outputs[1] * saved[1]), grad_outputs[0] + (grad_outputs[1] * saved[0])];
        }
    }

    private sealed class Undefined : MultiTensorFunction<Undefined>
    {
        internal static bool[] Seen { get; set; } = [];

        public override string Name => nameof(Undefined);

        public override List<Tensor> forward(AutogradContext ctx, params object[] vars)
        {
            ctx.set_materialize_grads(false);
            var x = (Tensor)vars[0];
            return [x + 1, x * 2];
        }

        public override List<Tensor> backward(AutogradContext ctx, List<Tensor> grad_outputs)
        {
            Seen = [.. grad_outputs.Select(g => g.IsInvalid)];
            return [grad_outputs[1] * 2];
        }
    }

    private sealed class Gate : SingleTensorFunction<Gate>
    {
        public override string Name => nameof(Gate);

        public override Tensor forward(AutogradContext ctx, params object[] vars) => (Tensor)vars[0] + (Tensor)vars[1];

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output) => [null!, grad_output];
    }

    private sealed class Failing : SingleTensorFunction<Failing>
    {
        public override string Name => nameof(Failing);

        public override Tensor forward(AutogradContext ctx, params object[] vars) => (Tensor)vars[0] * 1;

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output) => throw new FormatException("no such gradient");
    }

    private sealed class TooFew : SingleTensorFunction<TooFew>
    {
        public override string Name => nameof(TooFew);

        public override Tensor forward(AutogradContext ctx, params object[] vars) => (Tensor)vars[0] + (Tensor)vars[1];

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output) => [grad_output];
    }

    private sealed class Exponential : SingleTensorFunction<Exponential>
    {
        public override string Name => nameof(Exponential);

        public override Tensor forward(AutogradContext ctx, params object[] vars)
        {
            Tensor result = ((Tensor)vars[0]).exp();
            ctx.save_for_backward([result]);
            return result;
        }

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output) => [grad_output * ctx.get_saved_variables()[0]];
    }

    private sealed class Doubled : SingleTensorFunction<Doubled>
    {
        public override string Name => nameof(Doubled);

        public override Tensor forward(AutogradContext ctx, params object[] vars)
        {
            Tensor x = ((Tensor)vars[0]).mul_(2);
            ctx.mark_dirty([x]);
            return x;
        }

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output) => [grad_output * 2];
    }

    private sealed class WithConstant : MultiTensorFunction<WithConstant>
    {
        public override string Name => nameof(WithConstant);

        public override List<Tensor> forward(AutogradContext ctx, params object[] vars)
        {
            var x = (Tensor)vars[0];
            Tensor index = x.argmax();
            ctx.mark_non_differentiable([index]);
            return [x * 2, index];
        }

        public override List<Tensor> backward(AutogradContext ctx, List<Tensor> grad_outputs) => [grad_outputs[0] * 2];
    }
}
