using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Modules;

public class LayerTests
{
    [Fact]
    public void Linear_is_a_product_and_a_sum()
    {
        using Linear linear = nn.Linear(3, 2);
        using Tensor x = randn(4, 3);
        Check.Close(x.matmul(linear.weight.t()) + linear.bias!, linear.call(x), 1e-5);
        Assert.Equal([2L, 3L], linear.weight.shape);
        Assert.True(linear.weight.abs().max().ToDouble() <= 1 / Math.Sqrt(3));
        using Linear without = nn.Linear(3, 2, hasBias: false, dtype: float64);
        Assert.Null(without.bias);
        Assert.Single(without.parameters());
        Assert.Equal(ScalarType.Float64, without.weight.dtype);
    }

    [Fact]
    public void Conv1d_slides_its_weight()
    {
        using Conv1d conv = nn.Conv1d(2, 2, 3, padding: 2, groups: 2);
        using Tensor x = randn(1, 2, 5);
        Tensor y = conv.call(x);
        Assert.Equal([1L, 2L, 7L], y.shape);
        Assert.Equal([2L, 1L, 3L], conv.weight.shape);
        Tensor padded = nn.functional.pad(x, (2, 2));
        Tensor expected = (padded[0, 1, 3..6] * conv.weight[1, 0]).sum() + conv.bias![1];
        Assert.Equal(expected.ToDouble(), y[0, 1, 3].ToDouble(), 5);
        Assert.Throws<ArgumentException>(() => conv.call(randn(1, 3, 5)));
        using Conv1d circular = nn.Conv1d(1, 1, 3, padding: 1, padding_mode: PaddingModes.Circular, bias: false);
        using Tensor line = arange(4, float32).view(1, 1, 4);
        Tensor wrapped = (circular.weight.flatten() * tensor(new[] { 3f, 0, 1 })).sum();
        Check.Close(wrapped, circular.call(line)[0, 0, 0], 1e-5);
    }

    [Fact]
    public void Dropout_scales_what_it_keeps_and_rests_in_evaluation()
    {
        using Dropout dropout = nn.Dropout(0.25);
        using Tensor x = ones(10_000);
        Tensor y = dropout.call(x);
        Assert.InRange((y == 0).@float().mean().ToDouble(), 0.2, 0.3);
        Assert.Equal(4.0 / 3, y.max().ToDouble(), 5);
        dropout.eval();
        Assert.True(dropout.call(x).Equals(x));
        Assert.Throws<InvalidOperationException>(() => dropout.register_buffer("none", zeros(1)));
    }

    [Fact]
    public void Embedding_looks_up_rows()
    {
        using Embedding embedding = nn.Embedding(5, 3, padding_idx: 2);
        using Tensor index = tensor(new[] { 4L, 2L });
        Check.Close(embedding.weight![4], embedding.call(index)[0]);
        Check.Close([0, 0, 0], embedding.call(index)[1]);
        embedding.call(index).sum().backward();
        Check.Close([0, 0, 0], embedding.weight!.grad![2]);
    }

    [SubsetFact("TorchSharp has them")]
    public void Embeddings_of_a_largest_norm_are_refused() => Assert.Throws<NotSupportedException>(() => nn.Embedding(5, 3, max_norm: 1));

    [Fact]
    public void Sequential_passes_on()
    {
        using Sequential sequence = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1));
        using Sequential named = nn.Sequential(("a", nn.Linear(2, 3)), ("b", nn.Dropout(0)));
        Assert.Equal(["0.weight", "0.bias", "1.weight", "1.bias"], sequence.named_parameters().Select(p => p.name));
        Assert.Equal(["a.weight", "a.bias"], named.named_parameters().Select(p => p.name));
        using Tensor x = randn(4, 2);
        Check.Close(sequence[1].call(sequence[0].call(x)), sequence.call(x), 1e-5);
        sequence.call(x).sum().backward();
        Assert.NotNull(((Linear)sequence[0]).weight.grad);
        Check.Close(x, nn.Sequential().call(x));
    }

    [Fact]
    public void A_list_behaves_as_one()
    {
        ModuleList<Linear> list = nn.ModuleList(nn.Linear(1, 1));
        list.Add(nn.Linear(2, 2));
        list.append(nn.Linear(3, 3));
        Assert.Equal(3, list.Count);
        Assert.Equal([1L, 2, 3], list.Select(l => l.in_features));
        Assert.Equal(1, list.IndexOf(list[1]));
        list.RemoveAt(0);
        Assert.Equal(2L, list[0].in_features);
    }

    [Fact]
    public void Initial_values()
    {
        using Tensor w = empty(200, 50);
        Assert.Same(w, nn.init.kaiming_uniform_(w, Math.Sqrt(5)));
        Assert.InRange(w.abs().max().ToDouble(), 0.9 / Math.Sqrt(50), 1 / Math.Sqrt(50));
        nn.init.kaiming_normal_(w, nonlinearity: nn.init.NonlinearityType.ReLU);
        Assert.InRange(w.std().ToDouble(), 0.9 * Math.Sqrt(2.0 / 50), 1.1 * Math.Sqrt(2.0 / 50));
        nn.init.xavier_uniform_(w);
        Assert.InRange(w.abs().max().ToDouble(), 0.9 * Math.Sqrt(6.0 / 250), Math.Sqrt(6.0 / 250));
        Assert.InRange(nn.init.normal_(w, 2, 0.5).mean().ToDouble(), 1.9, 2.1);
        Assert.Equal(10_000, nn.init.ones_(w).sum().ToDouble());
        Assert.Equal(3, nn.init.constant_(w, 3).max().ToDouble());
        Assert.Equal(5.0 / 3, nn.init.calculate_gain(nn.init.NonlinearityType.Tanh));
        Assert.Equal((12, 24), nn.init.CalculateFanInAndFanOut(empty(8, 4, 3)));
        Assert.ThrowsAny<Exception>(() => nn.init.kaiming_uniform_(zeros(3)));
    }

    [Fact]
    public void Losses()
    {
        using Tensor x = tensor(new[] { 0.0, 3 }), y = tensor(new[] { 0.5, 1 });
        Assert.Equal(2.125, nn.functional.mse_loss(x, y).ToDouble());
        Assert.Equal(2.5, nn.functional.l1_loss(x, y, nn.Reduction.Sum).ToDouble());
        Check.Close([0.125, 1.5], nn.functional.smooth_l1_loss(x, y, nn.Reduction.None));
        Check.Close([0.125, 1.5], nn.functional.huber_loss(x, y, reduction: nn.Reduction.None));
        Check.Close([0, 1, 0], nn.functional.one_hot(tensor(1L), 3));
    }

    [Fact]
    public void Gradients_are_clipped_together()
    {
        Parameter a = nn.Parameter(zeros(2)), b = nn.Parameter(zeros(1)), without = nn.Parameter(zeros(1));
        a.grad = tensor(new[] { 3f, 0 });
        b.grad = tensor(new[] { 4f });
        Assert.Equal(5, nn.utils.clip_grad_norm_([a, b, without], 10), 5);
        Check.Close([3, 0], a.grad);
        Assert.Equal(5, nn.utils.clip_grad_norm_([a, b], 1), 5);
        Check.Close([0.6, 0], a.grad, 1e-5);
        Check.Close([0.8], b.grad, 1e-5);
        Assert.Equal(0.8, nn.utils.clip_grad_norm_([a, b], 1, double.PositiveInfinity), 5);
        nn.utils.clip_grad_value_([a], 0.1);
        Check.Close([0.1, 0], a.grad, 1e-5);
        Assert.Equal(0, nn.utils.clip_grad_norm_([without], 1));
    }
}
