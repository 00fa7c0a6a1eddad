using System.Security.Cryptography;

namespace SsdForecast.Runtime;

/// <summary>
/// A safetensors file in memory: named tensors and text metadata. Format: 8 bytes little-endian header length, a JSON header, the data
/// (https://huggingface.co/docs/safetensors). Files written here carry the SHA-256 of the data in the metadata key <c>sha256</c>;
/// it is verified on reading wherever it is present.
/// </summary>
public sealed class Safetensors
{
    /// <summary>The metadata key of the data's SHA-256, lower-case hexadecimal.</summary>
    public const string ChecksumKey = "sha256";

    private readonly Dictionary<string, SafetensorsTensor> _tensors;

    internal Safetensors(string file, IReadOnlyList<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        File = file;
        Metadata = metadata;
        Names = [.. tensors.Select(t => t.Name)];
        _tensors = tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
    }

    /// <summary>Name of the file, for messages.</summary>
    public string File { get; }

    /// <summary>The names of all tensors, in the order of their data.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The header's <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensor of a name.</summary>
    /// <exception cref="ModelFormatException">There is none.</exception>
    public SafetensorsTensor this[string name] =>
        _tensors.TryGetValue(name, out var t) ? t : throw new ModelFormatException(File, $"has no tensor '{name}'; it is not a file of this model");

    /// <summary>Reads a file.</summary>
    /// <exception cref="ModelFormatException">Not a safetensors file, truncated or altered.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Safetensors Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!System.IO.File.Exists(path)) throw new ModelFormatException(path, "no such file");
        if (new FileInfo(path).Length > Array.MaxLength) throw new ModelFormatException(path, "larger than 2 GB, which is not read here");
        return Parse(System.IO.File.ReadAllBytes(path), path);
    }

    /// <summary>Reads a file that is in memory; the tensors refer to <paramref name="bytes"/>, which must not change.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <exception cref="ModelFormatException">Not a safetensors file, truncated or altered.</exception>
    public static Safetensors Parse(byte[] bytes, string file = "safetensors")
    {
        ArgumentNullException.ThrowIfNull(bytes);
        var (tensors, metadata, data) = SafetensorsHeader.Parse(bytes, file);
        if (metadata.TryGetValue(ChecksumKey, out var expected) && !string.Equals(expected, Hex(data.Span), StringComparison.OrdinalIgnoreCase))
            throw new ModelFormatException(file, "the data do not match the file's sha256: it is altered or damaged; restore it from a good copy");
        return new Safetensors(file, tensors, metadata);
    }

    /// <summary>Writes tensors, widest element type first so that all are aligned, with the metadata and the data's SHA-256.</summary>
    /// <exception cref="ArgumentException">A name occurs twice or is <c>__metadata__</c>, or the metadata hold <see cref="ChecksumKey"/>.</exception>
    public static void Write(Stream stream, IEnumerable<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        SafetensorsTensor[] ordered = [.. tensors.OrderByDescending(t => SafetensorsTensor.SizeOf(t.Type))];
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var t in ordered) sha.AppendData(t.Bytes.Span);
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in metadata ?? new Dictionary<string, string>()) all.Add(key, value);
        all.Add(ChecksumKey, Convert.ToHexStringLower(sha.GetHashAndReset()));
        stream.Write(SafetensorsHeader.Write(ordered, all));
        foreach (var t in ordered) stream.Write(t.Bytes.Span);
    }

    /// <summary>Writes float32 tensors as <see cref="Write(Stream, IEnumerable{SafetensorsTensor}, IReadOnlyDictionary{string, string}?)"/> does.</summary>
    /// <exception cref="ArgumentException">A shape that its values do not fill, or a name that occurs twice.</exception>
    public static void Write(Stream stream, IEnumerable<(string Name, long[] Shape, float[] Values)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        Write(stream, tensors.Select(t => SafetensorsTensor.FromFloat32(t.Name, t.Shape, t.Values)), metadata);
    }

    /// <summary>Whether there is a tensor of this name.</summary>
    public bool Contains(string name) => _tensors.ContainsKey(name);

    /// <summary>The shape of a tensor.</summary>
    /// <exception cref="ModelFormatException">There is none of this name.</exception>
    public IReadOnlyList<long> Shape(string name) => this[name].Shape;

    /// <summary>The element type of a tensor.</summary>
    /// <exception cref="ModelFormatException">There is none of this name.</exception>
    public SafetensorsType DType(string name) => this[name].Type;

    /// <summary>A copy of a tensor as float32.</summary>
    /// <exception cref="ModelFormatException">There is none of this name.</exception>
    /// <exception cref="NotSupportedException">An element type other than F32, F64, F16, BF16 and I64.</exception>
    public float[] Float32(string name) => this[name].ToFloat32();

    /// <summary>A copy of a tensor as float64.</summary>
    /// <exception cref="ModelFormatException">There is none of this name.</exception>
    /// <exception cref="NotSupportedException">An element type other than F32, F64, F16, BF16 and I64.</exception>
    public double[] Float64(string name) => this[name].ToFloat64();

    /// <summary>A copy of a tensor as float32, after a check of its shape.</summary>
    /// <exception cref="ModelFormatException">There is none of this name and shape.</exception>
    public float[] Float32(string name, params ReadOnlySpan<long> shape)
    {
        var tensor = this[name];
        if (!shape.SequenceEqual(tensor.Shape.ToArray()))
            throw new ModelFormatException(File, $"tensor '{name}' is ({string.Join(", ", tensor.Shape)}), but config.json asks for ({string.Join(", ", shape.ToArray())})");
        return tensor.ToFloat32();
    }

    private static string Hex(ReadOnlySpan<byte> data) => Convert.ToHexStringLower(SHA256.HashData(data));
}
