using static TorchSharp.torch;

namespace TorchSharp.Tests.Tensors;

public class DataTests
{
    [Fact]
    public void Reads_elements_of_any_layout()
    {
        using Tensor x = arange(6, float32).view(2, 3);
        Assert.Equal([0f, 1, 2, 3, 4, 5], x.data<float>().ToArray());
        Assert.Equal([0f, 3, 1, 4, 2, 5], x.t().data<float>().ToArray());
        Assert.Equal(4f, x.t().data<float>()[1, 1]);
        Assert.Equal(3f, x.t().data<float>()[1]);
        var array = (float[,])x.t().data<float>().ToNDArray();
        Assert.Equal(5f, array[2, 1]);
        Assert.Equal([0f, 3, 1, 4, 2, 5], x.t().data<float>());
    }

    [Fact]
    public void Writes_through()
    {
        using Tensor x = zeros(2, 2);
        x.data<float>()[1, 0] = 3;
        x.t().data<float>().CopyFrom([7f], 0, 2);
        Check.Close([0, 7, 3, 0], x);
        x.bytes = new byte[16];
        Check.Close([0, 0, 0, 0], x);
        Assert.Throws<ArgumentException>(() => x.bytes = new byte[3]);
    }

    [Fact]
    public void Copies_a_part()
    {
        using Tensor x = arange(5);
        long[] part = new long[4];
        x.data<long>().CopyTo(part, 1, 3);
        Assert.Equal([0L, 3, 4, 0], part);
    }

    [Fact]
    public void The_wrong_type_or_position_is_an_error()
    {
        using Tensor x = zeros(2);
        Assert.Throws<ArgumentException>(() => x.data<double>());
        Assert.Throws<ArgumentException>(() => x.item<float>());
        Assert.Throws<IndexOutOfRangeException>(() => x.data<float>()[2]);
        Assert.Throws<InvalidOperationException>(() => zeros(2, 2).t().bytes.Length);
    }

    [Fact]
    public void Items_and_conversions_of_a_single_element()
    {
        Assert.Equal(3L, tensor(3L).item<long>());
        Assert.Equal(3, (int)tensor(3.7));
        Assert.Equal(2.5, (double)tensor(2.5f));
        Assert.True((bool)tensor(1));
        Assert.Equal(2f, ones(3).sum().sub(1).ReadCpuSingle(0));
    }

    [Fact]
    public unsafe void The_storage_gives_the_address_of_the_elements()
    {
        using Tensor x = arange(6, float32);
        using Tensor part = x[2..];
        using Storage<float> storage = part.storage<float>();
        Assert.Equal(2, part.storage_offset());
        Assert.Equal(6, storage.Count);
        Assert.Equal(24ul, storage.nbytes());
        float* first = (float*)storage.data_ptr() + part.storage_offset();
        Assert.Equal(2f, *first);
        fixed (byte* bytes = part.bytes) Assert.True(first == bytes);
        storage[3] = 30;
        Assert.Equal(30f, x[3].ToSingle());
    }

    [Fact]
    public void Any_types_storage_is_reached_by_deriving()
    {
        using Tensor x = zeros(4, dtype: bfloat16);
        Assert.Equal(AddressOf(x), new RawStorage(x).data_ptr());
        Assert.Throws<NotSupportedException>(() => x.storage<BFloat16>());
    }

    [Fact]
    public void Streams_round_trip()
    {
        using Tensor x = randn(3, 5);
        var stream = new MemoryStream();
        x.WriteBytesToStream(stream, 7);
        stream.Position = 0;
        using Tensor y = zeros(3, 5);
        y.ReadBytesFromStream(stream, 11);
        Assert.True(x.Equals(y));
        stream.SetLength(10);
        stream.Position = 0;
        Assert.Throws<EndOfStreamException>(() => y.ReadBytesFromStream(stream));
    }

    [Fact]
    public void Saved_tensors_load_into_the_same_type_and_shape()
    {
        using Tensor x = randn(2, 3).to(bfloat16);
        var stream = new MemoryStream();
        x.Save(new BinaryWriter(stream));
        Tensor Load(Tensor into)
        {
            stream.Position = 0;
            into.Load(new BinaryReader(stream));
            return into;
        }

        Assert.True(x.Equals(Load(zeros([2, 3], dtype: bfloat16))));
        Assert.Throws<ArgumentException>(() => Load(zeros(2, 3)));
        Assert.Throws<ArgumentException>(() => Load(zeros([3, 2], dtype: bfloat16)));
    }

    private static unsafe nint AddressOf(Tensor x)
    {
        fixed (byte* first = x.bytes) return (nint)first;
    }

    private sealed class RawStorage(Tensor tensor) : Storage(tensor)
    {
        public override int element_size() => 2;
    }
}
