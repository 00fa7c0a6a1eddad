using static TorchSharp.torch;

namespace TorchSharp.Tests.Tensors;

public class FactoryTests
{
    [Fact]
    public void Filled_tensors()
    {
        Check.Close([0, 0, 0, 0], zeros(2, 2));
        Check.Close([1, 1], ones(2, dtype: float64));
        Check.Close([7, 7, 7], full(new long[] { 3 }, 7));
        Assert.Equal([2L, 3L, 4L], empty(2, 3, 4).shape);
        Assert.Equal(ScalarType.Float32, zeros(1).dtype);
        Assert.True(zeros(1, requires_grad: true).requires_grad);
        Check.Close([1, 0, 0, 1], eye(2));
        Assert.Equal([2L, 3L], eye(2, 3).shape);
        Check.Close([5, 5], full_like(zeros(2), 5));
        Assert.Equal(ScalarType.Int64, zeros_like(ones(2), dtype: int64).dtype);
    }

    [Fact]
    public void Ranges()
    {
        Tensor integers = arange(5);
        Assert.Equal(ScalarType.Int64, integers.dtype);
        Check.Close([0, 1, 2, 3, 4], integers);
        Check.Close([1, 1.5, 2], arange(1.0, 2.5, 0.5));
        Assert.Equal(ScalarType.Float32, arange(1.0, 2.5, 0.5).dtype);
        Check.Close([0, 0.5, 1], linspace(0, 1, 3));
        Check.Close([1, 10, 100], logspace(0, 2, 3), 1e-5);
    }

    [Fact]
    public void From_arrays()
    {
        Check.Close([1, 2, 3, 4], tensor(new float[,] { { 1, 2 }, { 3, 4 } }));
        Assert.Equal([1L, 2L, 2L], tensor(new double[1, 2, 2]).shape);
        Assert.Equal([2L, 2L], tensor(new[] { 1L, 2, 3, 4 }, [2, 2]).shape);
        Assert.Equal(ScalarType.Int32, tensor(new[] { 1, 2 }).dtype);
        Assert.Equal(ScalarType.Bool, tensor(new[] { true, false }).dtype);
        Assert.Equal(ScalarType.BFloat16, tensor(new[] { 1f, 2f }, dtype: bfloat16).dtype);
        Assert.Equal([3L, 1L], tensor((IList<float>)[1f, 2f, 3f], 3, 1).shape);
        Assert.Empty(tensor(3.5).shape);
        Assert.Equal(ScalarType.Float64, tensor(3.5).dtype);
        Assert.Throws<ArgumentException>(() => tensor(new[] { 1f }, [2]));
        Assert.Equal(0, tensor(Array.Empty<float>()).numel());
    }

    [Fact]
    public void A_tensor_copies_its_array_and_from_array_shares_it()
    {
        float[] array = [1, 2];
        using Tensor copied = tensor(array);
        using Tensor shared = from_array(array);
        array[0] = 9;
        Check.Close([1, 2], copied);
        Check.Close([9, 2], shared);
        shared[1] = 5f;
        Assert.Equal(5f, array[1]);
    }

    [Fact]
    public void The_array_under_a_tensor_outlives_collection()
    {
        Tensor shared = from_array(Enumerable.Range(0, 100_000).Select(i => (long)i).ToArray());
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(4_999_950_000L, shared.sum().ToInt64());
        shared.Dispose();
    }

    [Fact]
    public void Seeds_repeat_random_numbers()
    {
        manual_seed(7);
        using Tensor first = randn(8);
        manual_seed(7);
        using Tensor second = randn(8);
        Assert.True(first.Equals(second));
        using var generator = new Generator(7);
        using var same = new Generator(7);
        Assert.True(rand(new long[] { 4 }, generator: generator).Equals(rand(new long[] { 4 }, generator: same)));
        Assert.Equal(7, generator.initial_seed());
    }

    [Fact]
    public void The_state_of_a_generator_can_be_put_back()
    {
        using var generator = new Generator(3);
        using Tensor state = generator.get_state();
        using Tensor first = randn(new long[] { 4 }, generator: generator);
        generator.set_state(state);
        Assert.True(first.Equals(randn(new long[] { 4 }, generator: generator)));
    }

    [Fact]
    public void Random_integers_and_permutations_stay_in_range()
    {
        Tensor integers = randint(2, 5, new long[] { 1000 });
        Assert.Equal(2, integers.min().ToInt64());
        Assert.Equal(4, integers.max().ToInt64());
        Check.Close(arange(50), randperm(50).sort().Values);
        Assert.InRange(rand(1000).mean().ToDouble(), 0.4, 0.6);
        Assert.InRange(normal(3, 0.1, [1000]).mean().ToDouble(), 2.9, 3.1);
    }

    [SubsetFact("TorchSharp has named dimensions")]
    public void Named_dimensions_are_refused() => Assert.Throws<NotSupportedException>(() => zeros(2, names: ["N"]));
}
