using System.Runtime.InteropServices;
using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Interop;

public class AtenTests
{
    [Fact]
    public void Calls_an_operator_by_name()
    {
        using Tensor a = tensor(new[] { 1f, 2f });
        Check.Close([2, 4], Aten.Call("add.Tensor", a, a));
    }

    [Fact]
    public void Fills_in_the_defaults_of_the_schema()
    {
        using Tensor a = tensor(new[] { 1f, 2f });
        Check.Close([7, 8], Aten.Call("add.Scalar", a, 6));
        Check.Close([0.6931471805599453], Aten.Call("softplus", zeros(1)));
    }

    [Fact]
    public void Passes_every_kind_of_argument()
    {
        using Tensor a = arange(6, ScalarType.Float32).view(2, 3);
        Check.Close([3, 5, 7], Aten.Call("sum.dim_IntList", a, new long[] { 0 }, false, Value.None));
        Assert.Equal(ScalarType.Float64, Aten.Call("sum.dim_IntList", a, new long[] { 0 }, false, ScalarType.Float64).dtype);
        Check.Close([0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5], Aten.Call("cat", new[] { a, a }, 0));
        Check.Close([2, 5], Aten.Call("index.Tensor", a, Value.Optional([null, tensor(2L)])));
        Check.Close([0.5, 0.5], Aten.Call("full", new long[] { 2 }, 0.5, ScalarType.Float32, Value.None, CPU));
        Assert.Equal([2L, 5L], Aten.Call("pad", a, new long[] { 1, 1 }, "constant", 9.0).shape);
        Tensor complex = Aten.Call("complex", tensor(3.0), tensor(-4.0));
        Check.Close([4, 3], Aten.Call("view_as_real", Aten.Call("mul.Scalar", complex, Value.Complex(new(0, 1)))));
        Check.Close([0, 3, 1, 4, 2, 5], Aten.Call("permute", a, new long[] { 1, 0 }));
        Check.Close([0, 0, 1, 1, 2, 2], Aten.Call("upsample_nearest1d.vec", a[..1].view(1, 1, 3), Value.None, new[] { 2.0 }));
    }

    [Fact]
    public void A_list_of_flags_chooses_the_results_and_the_others_are_undefined()
    {
        using Tensor x = ones(1, 1, 4), weight = ones(1, 1, 2), grad = ones(1, 1, 3);
        (Tensor input, Tensor none, Tensor bias) = Aten.Call3(
            "convolution_backward", grad, x, weight, new long[] { 1 }, new long[] { 1 }, new long[] { 0 }, new long[] { 1 }, false,
            new long[] { 0 }, 1, new[] { true, false, true });
        Check.Close([1, 2, 2, 1], input);
        Assert.True(none.IsInvalid);
        Check.Close([3], bias);
    }

    [Fact]
    public void Passes_lists_too_long_for_the_stack()
    {
        Tensor[] many = [.. Enumerable.Range(0, 1000).Select(i => tensor((float)i))];
        Check.Close([499500], Aten.Call("stack", many).sum());
    }

    [Fact]
    public void Returns_every_kind_of_result()
    {
        using Tensor a = arange(6, ScalarType.Float32).view(2, 3);
        Assert.Equal(2, Aten.CallList("unbind.int", a, 0).Length);
        Assert.True(Aten.CallBool("equal", a, a));
        Assert.Equal(3, Aten.CallLong("size.int", a, 1));
        Assert.Equal(2.5, Aten.CallScalar("item", tensor(2.5)).ToDouble());
        Assert.Equal(7, Aten.CallScalar("item", tensor(7L)).ToInt64());
        Assert.True(Aten.CallScalar("item", tensor(true)).ToBoolean());
        (Tensor values, Tensor indices) = Aten.Call2("max.dim", a, 1);
        Check.Close([2, 5], values);
        Check.Close([2, 2], indices);
    }

    [Fact]
    public void Errors_carry_torchs_text_and_no_backtrace()
    {
        var error = Assert.Throws<ExternalException>(() => randn(2, 3).matmul(randn(2, 3)));
        Assert.Contains("shapes cannot be multiplied (2x3 and 2x3)", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("frame #", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(".cpp:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_operator_and_a_missing_argument_are_errors()
    {
        Assert.Throws<ExternalException>(() => Aten.Call("no_such_operator"));
        using Tensor a = zeros(1);
        var error = Assert.Throws<ExternalException>(() => Aten.Call("mul.Tensor", a));
        Assert.Contains("needs the argument other", error.Message, StringComparison.Ordinal);
        Assert.Throws<ExternalException>(() => Aten.Call("abs", a, a));
    }

    [Fact]
    public void A_disposed_tensor_is_refused()
    {
        Tensor a = zeros(1);
        a.Dispose();
        Assert.True(a.IsInvalid);
        Assert.Throws<InvalidOperationException>(() => a + 1);
    }

    [Fact]
    public void All_cores_are_used() => Assert.Equal(Environment.ProcessorCount, get_num_threads());
}
