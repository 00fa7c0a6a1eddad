using static TorchSharp.torch;

namespace TorchSharp.Tests.Tensors;

public class ShapeTests
{
    private readonly Tensor _x = arange(6, float32).view(2, 3);

    [Fact]
    public void Views_share_memory()
    {
        using Tensor view = _x.clone();
        view.view(3, 2)[0, 0] = 9;
        view.t()[2, 1] = 8;
        Check.Close([9, 1, 2, 3, 4, 8], view);
    }

    [Fact]
    public void Rearranging()
    {
        Check.Close([0, 3, 1, 4, 2, 5], _x.permute(1, 0));
        Check.Close([0, 3, 1, 4, 2, 5], _x.transpose(0, 1).contiguous());
        Assert.False(_x.t().is_contiguous());
        Assert.Equal([2L, 1L, 3L], _x.unsqueeze(1).shape);
        Assert.Equal([2L, 3L], _x.unsqueeze(1).squeeze(1).shape);
        Assert.Equal([6L], _x.flatten().shape);
        Assert.Equal([2L, 3L], _x.flatten().unflatten(0, 2, 3).shape);
        Assert.Equal([4L, 2L, 3L], _x.expand(4, -1, -1).shape);
        Check.Close([2, 1, 0, 5, 4, 3], _x.flip(1));
        Check.Close([2, 0, 1, 5, 3, 4], _x.roll(1, 1));
        Check.Close([0, 0, 0, 3, 4, 0], _x.tril());
        Check.Close([0, 1, 2, 0, 4, 5], _x.triu());
        Check.Close([0, 1, 1, 2, 3, 4, 4, 5], _x.unfold(1, 2, 1));
        Assert.Equal([4L, 3L], _x.repeat(2, 1).shape);
        Check.Close([0, 0, 1, 1, 2, 2], _x[0].repeat_interleave(2));
        Check.Close([1, 1, 1, 1], _x.diff(1, 1));
    }

    [Fact]
    public void Joining_and_splitting()
    {
        Assert.Equal([4L, 3L], cat([_x, _x]).shape);
        Assert.Equal([2L, 6L], cat([_x, _x], 1).shape);
        Assert.Equal([2L, 2L, 3L], stack([_x, _x]).shape);
        Check.Close([2, 5], _x.split([1, 2], 1)[1][TensorIndex.Colon, 1]);
        Assert.Equal(2, _x.chunk(2, 1).Length);
        Assert.Equal(3, _x.unbind(1).Length);
        Assert.Equal([2L, 2L], _x.split(2, 1)[0].shape);
        Assert.Equal([2L, 2L], meshgrid([arange(2), arange(2)])[0].shape);
    }

    [Fact]
    public void Sizes_and_strides()
    {
        Assert.Equal(3, _x.size(-1));
        Assert.Equal(2, _x.dim());
        Assert.Equal([3L, 1L], _x.stride());
        Assert.Equal(6, _x.numel());
        Size size = _x.shape;
        Assert.Equal((Size)(2, 3), size);
        Assert.NotEqual((Size)(3, 2), size);
        Assert.Equal(6, size.numel());
        Assert.Equal([2L, 3L, 5L], (size + 5L).Shape);
    }
}
