using System.Numerics;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Scalars;

public class ScalarTests
{
    [Fact]
    public void Keeps_the_kind_of_number()
    {
        Assert.Equal(ScalarType.Int64, ((Scalar)(byte)1).Type);
        Assert.Equal(ScalarType.Float64, ((Scalar)1f).Type);
        Assert.Equal(ScalarType.Bool, ((Scalar)true).Type);
        Assert.Equal(ScalarType.ComplexFloat64, ((Scalar)new Complex(1, 2)).Type);
    }

    [Fact]
    public void Converts_back()
    {
        Assert.Equal(long.MaxValue, ((Scalar)long.MaxValue).ToInt64());
        Assert.Equal(-3, ((Scalar)(-3)).ToInt32());
        Assert.Equal(2.5f, ((Scalar)2.5).ToSingle());
        Assert.True(((Scalar)0.5).ToBoolean());
        Assert.Equal(new Complex(1, 2), ((Scalar)new Complex(1, 2)).ToComplexFloat64());
        Assert.Equal(1.5f, ((Scalar)new BFloat16(1.5f)).ToBFloat16().ToSingle());
    }

    [Fact]
    public void An_integer_keeps_an_integer_tensor_and_a_float_does_not()
    {
        using Tensor t = tensor(new[] { 1, 2 });
        Assert.Equal(ScalarType.Int32, (t * 2).dtype);
        Assert.Equal(ScalarType.Float32, (t * 2.0).dtype);
    }
}
