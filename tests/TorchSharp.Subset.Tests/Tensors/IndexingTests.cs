using static TorchSharp.torch;

namespace TorchSharp.Tests.Tensors;

public class IndexingTests
{
    private readonly Tensor _x = arange(24, float32).view(2, 3, 4);

    [Fact]
    public void Positions_and_ranges()
    {
        Check.Close([12, 13, 14, 15], _x[1, 0]);
        Assert.Equal(23, _x[1, 2, 3].ToSingle());
        Assert.Equal(23, _x[-1, -1, -1].ToSingle());
        Check.Close([4, 5, 8, 9], _x[0, 1.., ..2]);
        Check.Close([3, 7, 11, 15, 19, 23], _x[.., .., ^1]);
        Check.Close([0, 2], _x[0, 0, TensorIndex.Slice(step: 2)]);
        Check.Close([1, 5, 9], _x[0, TensorIndex.Colon, 1]);
    }

    [Fact]
    public void Ellipsis_and_new_dimensions()
    {
        Check.Close([0, 4, 8, 12, 16, 20], _x[TensorIndex.Ellipsis, 0]);
        Assert.Equal([1L, 2L, 3L, 4L], _x[TensorIndex.None].shape);
        Assert.Equal([2L, 3L, 4L, 1L], _x[TensorIndex.Ellipsis, TensorIndex.Null].shape);
        Assert.Equal([2L, 1L, 4L], _x[TensorIndex.Colon, 0, TensorIndex.None].shape);
    }

    [Fact]
    public void Tensors_of_positions()
    {
        using Tensor index = tensor(new[] { 2L, 0L });
        Check.Close([8, 9, 10, 11, 0, 1, 2, 3], _x[0][index]);
        Check.Close(_x[TensorIndex.Colon, TensorIndex.Tensor(index)], _x.index_select(1, index));
        Check.Close([8, 1], _x[0][TensorIndex.Tensor(index), TensorIndex.Tensor(tensor(new[] { 0L, 1L }))]);
        Check.Close(_x[1], _x[TensorIndex.Tensor(tensor(1L))]);
    }

    [Fact]
    public void Masks()
    {
        using Tensor mask = _x > 20;
        Check.Close([21, 22, 23], _x[mask]);
        using Tensor rows = tensor(new[] { true, false, true });
        Assert.Equal([2L, 2L, 4L], _x[TensorIndex.Colon, TensorIndex.Tensor(rows)].shape);
        using Tensor first = zeros([2, 3], dtype: torch.@bool);
        first[0, 1] = true;
        Check.Close([5, 6], _x[TensorIndex.Tensor(first), 1..3]);
    }

    [Fact]
    public void Assignment_changes_the_tensor_itself()
    {
        using Tensor x = _x.clone();
        x[0, 0] = tensor(new[] { 9f, 9f, 9f, 9f });
        x[1, TensorIndex.Colon, 2..] = tensor(0f);
        x[TensorIndex.Tensor(x > 18)] = -1f;
        Check.Close([9, 9, 9, 9], x[0, 0]);
        Check.Close([12, 13, 0, 0, 16, 17, 0, 0, -1, -1, 0, 0], x[1]);
        x.index_put_(7, TensorIndex.Single(0));
        Check.Close(full([3, 4], 7), x[0]);
    }

    [Fact]
    public void Accumulation_adds_up_equal_positions()
    {
        using Tensor x = zeros(3);
        x.index_put_(ones(3), [TensorIndex.Tensor(tensor(new[] { 1L, 1L, 2L }))], accumulate: true);
        Check.Close([0, 2, 1], x);
        Assert.ThrowsAny<Exception>(() => x.index_put_(ones(3), [TensorIndex.Single(0)], accumulate: true));
    }

    [Fact]
    public void Gradients_flow_through_an_index()
    {
        using Tensor x = arange(4, float64).requires_grad_();
        x[TensorIndex.Tensor(tensor(new[] { 1L, 1L, 3L }))].sum().backward();
        Check.Close([0, 2, 0, 1], x.grad!);
    }

    [Fact]
    public void Too_many_indices_are_an_error()
    {
        Assert.ThrowsAny<Exception>(() => _x[0, 0, 0, 0L, TensorIndex.Colon]);
        Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => _x[5]);
    }

    [Fact]
    public void An_index_leaves_no_tensor_behind_but_the_result()
    {
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Tensor part = _x[1, TensorIndex.Ellipsis, TensorIndex.None, 1..];
        Assert.Equal(before + 1, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        part.Dispose();
    }

    [Fact]
    public void Gather_scatter_and_where()
    {
        using Tensor x = tensor(new float[,] { { 1, 2 }, { 3, 4 } });
        using Tensor index = tensor(new long[,] { { 1 }, { 0 } });
        Check.Close([2, 3], x.gather(1, index));
        Check.Close([0, 5, 6, 0], zeros(2, 2).scatter_(1, index, tensor(new float[,] { { 5 }, { 6 } })));
        Check.Close([0, 1, 1, 0], zeros(2, 2).scatter_add(1, index, ones(2, 1)));
        Check.Close([1, 0, 3, 0], where(x.remainder(2) == 1, x, zeros(1)));
        Check.Close([0, 2, 3, 4], x.masked_fill(x == 1, 0));
        Check.Close([2, 4], x.narrow(1, 1, 1));
        Check.Close([3, 4], x.select(0, 1));
        Check.Close([1, 3], x.slice(1, 0, 1, 1));
    }
}
