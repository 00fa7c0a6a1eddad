using System.Buffers.Binary;
using System.Text.Json;

namespace SsdForecast.Runtime;

/// <summary>The header of a safetensors file, and every check that the format asks for.</summary>
internal static class SafetensorsHeader
{
    /// <summary>The format's limit of the header's length.</summary>
    private const long MaxLength = 100_000_000;

    private const string MetadataKey = "__metadata__";

    private static readonly Dictionary<string, SafetensorsType> Types = Enum.GetValues<SafetensorsType>().ToDictionary(NameOf, StringComparer.Ordinal);

    /// <summary>The tensors in the order of their data, the metadata and the data section.</summary>
    public static (List<SafetensorsTensor> Tensors, Dictionary<string, string> Metadata, ReadOnlyMemory<byte> Data) Parse(byte[] bytes, string file)
    {
        if (bytes.Length < 8) throw Bad(file, $"{bytes.Length} bytes are too few for a safetensors file; it is truncated or not one");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (length > MaxLength) throw Bad(file, $"a header of {length} bytes is past the format's limit of {MaxLength}; it is not a safetensors file");
        if (length > (ulong)bytes.Length - 8) throw Bad(file, $"the header should have {length} bytes, but {bytes.Length - 8} follow; the file is truncated");
        var data = bytes.AsMemory(8 + (int)length);
        try
        {
            using var json = JsonDocument.Parse(bytes.AsMemory(8, (int)length));
            if (bytes[8] != (byte)'{' || json.RootElement.ValueKind != JsonValueKind.Object) throw Bad(file, "the header is not a JSON object");
            return Parse(json.RootElement, data, file);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a name that is no valid text, such as half a surrogate pair.
            throw new ModelFormatException(file, "the header is not valid JSON; the file is damaged or not safetensors", e);
        }
    }

    /// <summary>Length and JSON, padded with spaces so that the data begin at a multiple of 8.</summary>
    public static byte[] Write(IReadOnlyList<SafetensorsTensor> tensors, SortedDictionary<string, string> metadata)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { MetadataKey };
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject(MetadataKey);
            foreach (var (key, value) in metadata) json.WriteString(key, value);
            json.WriteEndObject();
            long offset = 0;
            foreach (var t in tensors)
            {
                if (!names.Add(t.Name)) throw new ArgumentException($"tensor '{t.Name}' occurs twice", nameof(tensors));
                json.WriteStartObject(t.Name);
                json.WriteString("dtype", NameOf(t.Type));
                json.WriteStartArray("shape");
                foreach (var n in t.Shape) json.WriteNumberValue(n);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += t.Bytes.Length);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        while (buffer.Length % 8 != 0) buffer.WriteByte((byte)' ');
        if (buffer.Length > MaxLength) throw new ArgumentException($"the header would have {buffer.Length} bytes, past the format's limit of {MaxLength}", nameof(tensors));
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, buffer.Length);
        return [.. length, .. buffer.ToArray()];
    }

    private static (List<SafetensorsTensor>, Dictionary<string, string>, ReadOnlyMemory<byte>) Parse(JsonElement root, ReadOnlyMemory<byte> data, string file)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var found = new List<(long Begin, SafetensorsTensor Tensor)>();
        foreach (var property in root.EnumerateObject())
        {
            if (!names.Add(property.Name)) throw Bad(file, $"'{property.Name}' occurs twice in the header");
            if (property.Name == MetadataKey) ReadMetadata(property.Value, metadata, file);
            else found.Add(ReadTensor(property.Name, property.Value, data, file));
        }

        // An empty tensor begins where its neighbour does; it has to come first.
        found.Sort((a, b) => (a.Begin, a.Tensor.Bytes.Length).CompareTo((b.Begin, b.Tensor.Bytes.Length)));
        long end = 0;
        foreach (var (begin, tensor) in found)
        {
            if (begin != end) throw Bad(file, $"tensor '{tensor.Name}' begins at byte {begin} of the data, where {end} is expected: data {(begin < end ? "overlap" : "are missing")}");
            end += tensor.Bytes.Length;
        }

        if (end != data.Length) throw Bad(file, $"the tensors end at byte {end}, but the data have {data.Length}; the file is damaged");
        return ([.. found.Select(f => f.Tensor)], metadata, data);
    }

    private static void ReadMetadata(JsonElement value, Dictionary<string, string> metadata, string file)
    {
        if (value.ValueKind != JsonValueKind.Object) throw Bad(file, $"{MetadataKey} is not an object");
        foreach (var entry in value.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.String || !metadata.TryAdd(entry.Name, entry.Value.GetString()!))
                throw Bad(file, $"{MetadataKey} key '{entry.Name}' is not one text");
        }
    }

    private static (long Begin, SafetensorsTensor Tensor) ReadTensor(string name, JsonElement value, ReadOnlyMemory<byte> data, string file)
    {
        if (value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Count() != 3
            || !value.TryGetProperty("dtype", out var dtype) || dtype.ValueKind != JsonValueKind.String
            || !value.TryGetProperty("shape", out var shape) || Numbers(shape) is not { } sizes
            || !value.TryGetProperty("data_offsets", out var offsets) || Numbers(offsets) is not { Length: 2 } range)
        {
            throw Bad(file, $"tensor '{name}' does not have a dtype, a shape and two data_offsets");
        }

        if (!Types.TryGetValue(dtype.GetString()!, out var type))
            throw Bad(file, $"tensor '{name}' is of type {dtype.GetString()}, which is not read here");
        var (begin, end) = (range[0], range[1]);
        if (end < begin || end > data.Length) throw Bad(file, $"tensor '{name}' lies at bytes {begin} to {end} of {data.Length}; the file is truncated or damaged");
        // UInt128: the product of two sizes below 2^63 cannot wrap, and one past the file's size stops the product.
        var bytes = (UInt128)SafetensorsTensor.SizeOf(type);
        foreach (var n in sizes) bytes = n == 0 || bytes <= (UInt128)data.Length ? bytes * (UInt128)n : bytes;
        if (bytes != (UInt128)(end - begin)) throw Bad(file, $"tensor '{name}' of type {dtype.GetString()} and shape ({string.Join(", ", sizes)}) does not fill its {end - begin} bytes");
        return (begin, new SafetensorsTensor(name, type, sizes, data[(int)begin..(int)end]));
    }

    private static long[]? Numbers(JsonElement array)
    {
        if (array.ValueKind != JsonValueKind.Array) return null;
        var numbers = new List<long>();
        foreach (var element in array.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt64(out var n) || n < 0) return null;
            numbers.Add(n);
        }

        return [.. numbers];
    }

    private static string NameOf(SafetensorsType type) => type.ToString().ToUpperInvariant();

    private static ModelFormatException Bad(string file, string problem) => new(file, problem);
}
