using System.Buffers.Binary;
using System.Text;

namespace SsdForecast.Runtime.Tests.Packaging;

public class SafetensorsTests
{
    private static byte[] Sample()
    {
        using var stream = new MemoryStream();
        Safetensors.Write(stream, [("w", [2, 3], [1, 2, 3, 4, 5, 6.5f]), ("b", [], [-1]), ("none", [0, 4], [])], new Dictionary<string, string> { ["format"] = "pt" });
        return stream.ToArray();
    }

    private static byte[] File(string header, int dataLength)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + json.Length + dataLength];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, json.Length);
        json.CopyTo(bytes, 8);
        return bytes;
    }

    private static string Refused(byte[] bytes)
    {
        var e = Assert.Throws<ModelFormatException>(() => Safetensors.Parse(bytes, "m.safetensors"));
        Assert.StartsWith("m.safetensors: ", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        return e.Message;
    }

    [Fact]
    public void Tensors_and_metadata_come_back()
    {
        var read = Safetensors.Parse(Sample());
        Assert.Equal([2, 3], read.Shape("w"));
        Assert.Equal([1, 2, 3, 4, 5, 6.5f], read.Float32("w"));
        Assert.Equal([-1f], read.Float32("b"));
        Assert.Empty(read.Float64("none"));
        Assert.Equal("pt", read.Metadata["format"]);
        Assert.Equal(["b", "none", "w"], read.Names.Order());
        Assert.True(read.Contains("b"));
        Assert.False(read.Contains("c"));
    }

    [Fact]
    public void The_data_begin_aligned_and_wide_types_come_first()
    {
        using var stream = new MemoryStream();
        Safetensors.Write(stream, [SafetensorsTensor.FromFloat32("f", [1], [1]), SafetensorsTensor.FromInt64("i", [2], [3, -4]), SafetensorsTensor.FromFloat64("d", [1], [0.1])]);
        var bytes = stream.ToArray();
        Assert.Equal(0, BinaryPrimitives.ReadInt64LittleEndian(bytes) % 8);
        var read = Safetensors.Parse(bytes);
        Assert.Equal(["i", "d", "f"], read.Names);
        Assert.Equal([3.0, -4.0], read.Float64("i"));
        Assert.Equal([0.1], read.Float64("d"));
        Assert.Equal([0.1f], read.Float32("d"));
    }

    [Fact]
    public void Half_precision_is_read()
    {
        var bytes = File("""{"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]}}""", 8);
        BinaryPrimitives.WriteHalfLittleEndian(bytes.AsSpan(bytes.Length - 8), (Half)1.5);
        BinaryPrimitives.WriteHalfLittleEndian(bytes.AsSpan(bytes.Length - 6), (Half)(-0.125));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(bytes.Length - 4), 0x3FC0);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(bytes.Length - 2), 0xC000);
        var read = Safetensors.Parse(bytes);
        Assert.Equal([1.5f, -0.125f], read.Float32("h"));
        Assert.Equal([1.5, -2], read.Float64("b"));
        Assert.Equal([1.5f, -2], read.Float32("b"));
    }

    [Fact]
    public void The_golden_files_of_other_programs_are_read()
    {
        if (SharedFolder.Find("golden/ssd_op_groups.safetensors") is not { } path) return;
        var golden = Safetensors.Read(path);
        Assert.Equal([2, 130, 8, 16], golden.Shape("x"));
        Assert.All(golden.Names, name => Assert.All(golden.Float32(name), v => Assert.True(float.IsFinite(v))));
    }

    [Fact]
    public void Every_cut_and_every_altered_byte_of_the_data_are_found()
    {
        var bytes = Sample();
        for (var length = 0; length < bytes.Length; length++) Refused(bytes[..length]);
        Refused([.. bytes, 0]);
        for (var i = bytes.Length - 28; i < bytes.Length; i++)
        {
            var altered = (byte[])bytes.Clone();
            altered[i] ^= 1;
            Assert.Contains("sha256", Refused(altered), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_altered_header_is_refused_or_means_the_same_data()
    {
        var bytes = Sample();
        var good = Safetensors.Parse(bytes);
        for (var i = 0; i < bytes.Length - 28; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var altered = (byte[])bytes.Clone();
                altered[i] ^= (byte)(1 << bit);
                try
                {
                    // A name may have changed, or a shape to one of the same size; never a number.
                    var read = Safetensors.Parse(altered);
                    Assert.Equal(good.Names.SelectMany(good.Float32), read.Names.SelectMany(read.Float32));
                }
                catch (ModelFormatException e)
                {
                    Assert.DoesNotContain('\n', e.Message);
                }
            }
        }
    }

    [Theory]
    [InlineData("""[1]""", 0, "not a JSON object")]
    [InlineData("""{"a":""", 0, "not valid JSON")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}""", 4, "not valid JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}""", 8, "does not fill")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "does not fill")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807,9223372036854775807],"data_offsets":[0,4]}}""", 4, "does not fill")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 0, "truncated")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "missing")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "the data have 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "twice")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}""", 1, "F8_E4M3")]
    [InlineData("""{"a":{"dtype":"f32","shape":[1],"data_offsets":[0,4]}}""", 4, "f32")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "does not have")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "lies at")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "does not have")]
    [InlineData("""{"__metadata__":{"n":1}}""", 0, "not one text")]
    public void A_malformed_header_is_refused_with_its_reason(string header, int dataLength, string reason) =>
        Assert.Contains(reason, Refused(File(header, dataLength)), StringComparison.Ordinal);

    [Fact]
    public void A_header_longer_than_the_format_allows_or_than_the_file_is_refused()
    {
        var bytes = File("{}", 0);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, 100_000_001);
        Assert.Contains("limit", Refused(bytes), StringComparison.Ordinal);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, ulong.MaxValue);
        Assert.Contains("limit", Refused(bytes), StringComparison.Ordinal);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, 3);
        Assert.Contains("truncated", Refused(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_written_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Safetensors.Write(Stream.Null, [("a", [1], [1]), ("a", [1], [1])]));
        Assert.Throws<ArgumentException>(() => Safetensors.Write(Stream.Null, [("__metadata__", [1], [1])]));
        Assert.Throws<ArgumentException>(() => Safetensors.Write(Stream.Null, [("a", [2], [1])]));
    }

    [Fact]
    public void A_tensor_that_is_not_there_is_named()
    {
        var e = Assert.Throws<ModelFormatException>(() => Safetensors.Parse(Sample(), "m.safetensors").Float32("q"));
        Assert.Contains("'q'", e.Message, StringComparison.Ordinal);
    }
}
