using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace SsdForecast.Runtime;

/// <summary>A tensor of a safetensors file: row-major, little-endian.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sizes of the dimensions; empty for a scalar.</param>
/// <param name="Bytes">The elements.</param>
public sealed record SafetensorsTensor(string Name, SafetensorsType Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Number of elements.</summary>
    public int Count => Bytes.Length / SizeOf(Type);

    /// <summary>A float32 tensor; the values are copied.</summary>
    /// <exception cref="ArgumentException">The shape does not have as many elements as there are values.</exception>
    public static SafetensorsTensor FromFloat32(string name, IReadOnlyList<long> shape, ReadOnlySpan<float> values) =>
        From(name, SafetensorsType.F32, shape, values);

    /// <summary>A float64 tensor; the values are copied.</summary>
    /// <exception cref="ArgumentException">The shape does not have as many elements as there are values.</exception>
    public static SafetensorsTensor FromFloat64(string name, IReadOnlyList<long> shape, ReadOnlySpan<double> values) =>
        From(name, SafetensorsType.F64, shape, values);

    /// <summary>An int64 tensor; the values are copied.</summary>
    /// <exception cref="ArgumentException">The shape does not have as many elements as there are values.</exception>
    public static SafetensorsTensor FromInt64(string name, IReadOnlyList<long> shape, ReadOnlySpan<long> values) =>
        From(name, SafetensorsType.I64, shape, values);

    /// <summary>The elements as float32, rounded from float64 and int64.</summary>
    /// <exception cref="NotSupportedException">An element type other than F32, F64, F16, BF16 and I64.</exception>
    public float[] ToFloat32()
    {
        var values = new float[Count];
        var b = Bytes.Span;
        switch (Type)
        {
            case SafetensorsType.F32:
                MemoryMarshal.Cast<byte, float>(b).CopyTo(values);
                break;
            case SafetensorsType.BF16:
                for (var i = 0; i < values.Length; i++) values[i] = Bf16(b, i);
                break;
            case SafetensorsType.F16:
                for (var i = 0; i < values.Length; i++) values[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(b[(2 * i)..]);
                break;
            default:
                var wide = ToFloat64();
                for (var i = 0; i < values.Length; i++) values[i] = (float)wide[i];
                break;
        }

        return values;
    }

    /// <summary>The elements as float64; exact but for int64 beyond 2⁵³.</summary>
    /// <exception cref="NotSupportedException">An element type other than F32, F64, F16, BF16 and I64.</exception>
    public double[] ToFloat64()
    {
        var values = new double[Count];
        var b = Bytes.Span;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Type switch
            {
                SafetensorsType.F32 => BinaryPrimitives.ReadSingleLittleEndian(b[(4 * i)..]),
                SafetensorsType.F64 => BinaryPrimitives.ReadDoubleLittleEndian(b[(8 * i)..]),
                SafetensorsType.F16 => (double)BinaryPrimitives.ReadHalfLittleEndian(b[(2 * i)..]),
                SafetensorsType.BF16 => Bf16(b, i),
                SafetensorsType.I64 => BinaryPrimitives.ReadInt64LittleEndian(b[(8 * i)..]),
                _ => throw new NotSupportedException($"tensor '{Name}' is of type {Type}, which is not read as numbers here"),
            };
        }

        return values;
    }

    internal static int SizeOf(SafetensorsType type) => type switch
    {
        SafetensorsType.F64 or SafetensorsType.I64 or SafetensorsType.U64 => 8,
        SafetensorsType.F32 or SafetensorsType.I32 or SafetensorsType.U32 => 4,
        SafetensorsType.F16 or SafetensorsType.BF16 or SafetensorsType.I16 or SafetensorsType.U16 => 2,
        _ => 1,
    };

    private static float Bf16(ReadOnlySpan<byte> b, int i) => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(b[(2 * i)..]) << 16);

    private static SafetensorsTensor From<T>(string name, SafetensorsType type, IReadOnlyList<long> shape, ReadOnlySpan<T> values)
        where T : struct
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.Any(n => n < 0) || shape.Aggregate(1L, (a, n) => checked(a * n)) != values.Length)
            throw new ArgumentException($"tensor '{name}': {values.Length} values do not fill the shape ({string.Join(", ", shape)})", nameof(values));
        return new SafetensorsTensor(name, type, [.. shape], MemoryMarshal.AsBytes(values).ToArray());
    }
}
