using FsCheck;
using FsCheck.Fluent;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Scalars;

public class BFloat16Tests
{
    [Fact]
    public void Rounds_as_torch_does()
    {
        Prop.ForAll<float>(value =>
        {
            using Tensor rounded = tensor(value).to(bfloat16);
            BFloat16 theirs = rounded.item<BFloat16>();
            var ours = new BFloat16(value);
            return (float.IsNaN(value) && BFloat16.IsNaN(theirs) && BFloat16.IsNaN(ours)) || theirs == ours;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Ties_go_to_the_even_neighbour()
    {
        Assert.Equal(1f, new BFloat16(1f + (1f / 256)).ToSingle());
        Assert.Equal(1f + (2f / 128), new BFloat16(1f + (3f / 256)).ToSingle());
        Assert.True(BFloat16.IsPositiveInfinity(new BFloat16(float.MaxValue)));
    }

    [Fact]
    public void Constants_and_arithmetic()
    {
        Assert.Equal(3f, (BFloat16.One + new BFloat16(2f)).ToSingle());
        Assert.Equal(-1f, (-BFloat16.One).ToSingle());
        Assert.True(BFloat16.MinValue < BFloat16.Zero && BFloat16.Zero < BFloat16.MaxValue);
        Assert.True(BFloat16.IsNaN(BFloat16.NaN) && !BFloat16.IsFinite(BFloat16.NegativeInfinity));
        Assert.Equal(1, BFloat16.One.CompareTo(null));
        Assert.Equal(0x3F80u, BitConverter.SingleToUInt32Bits(BFloat16.FromRawValue(0x3F80).ToSingle()) >> 16);
    }

    [Fact]
    public void A_tensor_of_bfloat16_reads_back()
    {
        using Tensor t = tensor(new[] { new BFloat16(1.5f), new BFloat16(-2f) });
        Assert.Equal(ScalarType.BFloat16, t.dtype);
        Assert.Equal(2, t.element_size());
        Check.Close([1.5, -2], t);
        Assert.Equal(-2f, t[1].ToSingle());
    }
}
