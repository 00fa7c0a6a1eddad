using static TorchSharp.torch;

namespace TorchSharp.Tests.Tensors;

public class OperatorTests
{
    private readonly Tensor _a = tensor(new[] { 1.0, -2, 3 });
    private readonly Tensor _b = tensor(new[] { 2.0, 4, -6 });

    [Fact]
    public void Arithmetic()
    {
        Check.Close([3, 2, -3], _a + _b);
        Check.Close([-1, -6, 9], _a - _b);
        Check.Close([2, -8, -18], _a * _b);
        Check.Close([0.5, -0.5, -0.5], _a / _b);
        Check.Close([1, 0, 1], _a % 2);
        Check.Close([9, 12, 7], 10 - _a);
        Check.Close([2, -1, 2.0 / 3], 2 / _a);
        Check.Close([-1, 2, -3], -_a);
        Check.Close([2, -4, 6], 2f * _a);
        Check.Close([0, -1, -1], _a.div(_b, RoundingMode.floor));
        Check.Close([0, 0, 0], _a.div(_b, RoundingMode.trunc));
        Check.Close([1, 4, 9], _a.pow(2));
        Check.Close([2.5, 1, 4.5], 1.5 + _a.clamp(min: -0.5, max: 3));
    }

    [Fact]
    public void Comparisons_and_logic()
    {
        Check.Close([0, 0, 1], _a > _b);
        Check.Close([1, 0, 1], _a > 0);
        Check.Close([1, 0, 1], 0 < _a);
        Check.Close([0, 1, 0], _a == -2);
        Check.Close([1, 0, 1], _a != -2);
        Check.Close([0, 0, 1], (_a > 0) & (_a > _b));
        Check.Close([0, 1, 0], ~(_a > 0));
        Assert.True(_a.Equals(tensor(new[] { 1.0, -2, 3 })));
        Assert.False(_a.Equals((object)_b));
        Assert.True(_a.allclose(_a + 1e-9));
    }

    [Fact]
    public void In_place_returns_the_same_object()
    {
        using Tensor x = _a.clone();
        Assert.Same(x, x.add_(1));
        Assert.Same(x, x.mul_(_b).sub_(1).div_(3).clamp_(-5, 5));
        Check.Close([1, -5.0 / 3, -5], x);
        Check.Close([3, -1, 0], zeros(3, dtype: float64).addcmul_(_a, _b, 1).add_(tensor(new[] { 1.0, 7, 18 })));
        Check.Close([0.5, -0.5, -0.5], zeros(3, dtype: float64).addcdiv_(_a, _b, 1));
        Check.Close([1.5, 1, -1.5], _a.lerp(_b, tensor(0.5)));
        Check.Close([0, 0, 0], x.zero_());
        Check.Close([1, -2, 3], x.copy_(_a));
    }

    [Fact]
    public void Pointwise_functions_agree_with_the_framework()
    {
        using Tensor x = tensor(new[] { 0.3, 1.7 });
        double[] At(Func<double, double> f) => [f(0.3), f(1.7)];
        Check.Close(At(Math.Exp), x.exp());
        Check.Close(At(Math.Log), log(x));
        Check.Close(At(v => Math.Log(1 + v)), x.log1p());
        Check.Close(At(Math.Tanh), x.tanh());
        Check.Close(At(v => 1 / (1 + Math.Exp(-v))), x.sigmoid());
        Check.Close(At(v => v / (1 + Math.Exp(-v))), x.silu());
        Check.Close(At(v => Math.Log(1 + Math.Exp(v))), x.softplus());
        Check.Close(At(v => 1 / Math.Sqrt(v)), x.rsqrt());
        Check.Close(At(Math.Floor), x.floor());
        Check.Close(At(v => Math.Round(v, 1)), x.round(1));
        Check.Close([0, 1, 0], tensor(new[] { 1.0, double.NaN, double.PositiveInfinity }).isnan());
        Check.Close([1, 0, 5], tensor(new[] { 1.0, double.NaN, double.PositiveInfinity }).nan_to_num(posinf: 5));
        double total = Math.Exp(1) + Math.Exp(3);
        Check.Close([Math.Exp(1) / total, Math.Exp(3) / total], softmax(tensor(new[] { 1.0, 3 }), 0));
    }

    [Fact]
    public void Types_and_conversions()
    {
        Assert.Equal(ScalarType.Float32, _a.@float().dtype);
        Assert.Equal(ScalarType.BFloat16, _a.to(bfloat16).dtype);
        Assert.Equal(ScalarType.Int64, _a.@long().dtype);
        Check.Close([1, -2, 3], _a.to(int32));
        Assert.Equal("[3], type = Float64, device = cpu", _a.ToString());
        Assert.Equal("[], type = Int64, device = cpu", tensor(1L).ToString());
        using Tensor temporary = _a.clone();
        _ = temporary.to(float32, disposeAfter: true);
        Assert.True(temporary.IsInvalid);
    }

    [SubsetFact("TorchSharp makes a device of what is not there, and torch says so at its first use")]
    public void Without_CUDA_asking_for_it_is_one_clear_error()
    {
        if (cuda.is_available()) return;
        Assert.Equal(0, cuda.device_count());
        Assert.Throws<InvalidOperationException>(() => _a.cuda());
        Assert.Throws<InvalidOperationException>(() => device("cuda:0"));
        Assert.Throws<InvalidOperationException>(() => cuda.synchronize());
    }

    [Fact]
    public void Rounding_to_TF32_can_be_allowed()
    {
        bool products = backends.cuda.matmul.allow_tf32, convolutions = backends.cudnn.allow_tf32;
        backends.cuda.matmul.allow_tf32 = !products;
        backends.cudnn.allow_tf32 = !convolutions;
        Assert.Equal((!products, !convolutions), (backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32));
        backends.cuda.matmul.allow_tf32 = products;
        backends.cudnn.allow_tf32 = convolutions;
    }
}
