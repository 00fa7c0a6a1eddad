using static TorchSharp.torch;

namespace TorchSharp.Tests.Tensors;

public class ReductionTests
{
    private readonly Tensor _x = tensor(new double[,] { { 3, 1, 2 }, { 6, 5, 4 } });

    [Fact]
    public void Sums_and_moments()
    {
        Assert.Equal(21, _x.sum().ToDouble());
        // Not sum(0): C# takes the literal 0 for a ScalarType, in TorchSharp as here.
        Check.Close([9, 6, 6], _x.sum(0L));
        Check.Close([6, 15], _x.sum([1]));
        Check.Close([2, 5], _x.mean([1]));
        Assert.Equal([2L, 1L], _x.mean([1], keepdim: true).shape);
        Check.Close([1, 1], _x.std(1));
        Check.Close([2.0 / 3, 2.0 / 3], _x.var(1, unbiased: false));
        Check.Close([3, 4, 6, 6, 11, 15], _x.cumsum(1));
        Assert.Equal(720, _x.prod().ToDouble());
        Assert.Equal(Math.Sqrt(91), _x.norm().ToDouble(), 12);
    }

    [Fact]
    public void Extremes_and_order()
    {
        Assert.Equal(6, _x.max().ToDouble());
        (Tensor values, Tensor indexes) = _x.min(1);
        Check.Close([1, 4], values);
        Check.Close([1, 2], indexes);
        Check.Close([3, 6], _x.amax([1]));
        Check.Close([1, 4], amin(_x, [1]));
        Check.Close([1, 2, 3, 4, 5, 6], _x.sort(1).Values);
        Check.Close([1, 2, 0, 2, 1, 0], _x.argsort(1));
        Check.Close([3, 2, 6, 5], _x.topk(2, 1).values);
        Check.Close([0, 0], _x.argmax(1));
        Assert.Equal(3, _x.median().ToDouble());
        Check.Close([4.5, 3, 3], _x.quantile(tensor(0.5), dim: 0));
        Check.Close([2, 5], _x.quantile(tensor(0.5, float64), dim: 1));
        Assert.True(_x.isfinite().all().ToBoolean());
        Assert.True((_x > 5).any().ToBoolean());
    }

    [Fact]
    public void Types_can_be_asked_for()
    {
        Assert.Equal(ScalarType.Float32, _x.sum(float32).dtype);
        // TorchSharp takes the argument and does nothing with it.
        Assert.Equal(ScalarType.Float64, _x.std(0, type: float32).dtype);
        Assert.Equal(ScalarType.Float32, _x.mean([0], type: float32).dtype);
    }
}
