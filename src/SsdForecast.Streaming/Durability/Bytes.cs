using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace SsdForecast.Streaming;

/// <summary>Bytes that grow as they are written, little-endian; used again and again.</summary>
internal sealed class ByteWriter
{
    private byte[] _bytes = new byte[256];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Put(byte value) => Take(1)[0] = value;

    public void Put(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(4), value);

    public void Put(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);

    public void Put(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Take(8), value);

    public void Put(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    public void Put(ReadOnlySpan<double> values) => Put(MemoryMarshal.AsBytes(values));

    /// <summary>A text with its length in bytes before it.</summary>
    public void PutText(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Put(length);
        Encoding.UTF8.GetBytes(text, Take(length));
    }

    private Span<byte> Take(int length)
    {
        if (Length + length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, Length + length));
        var part = _bytes.AsSpan(Length, length);
        Length += length;
        return part;
    }
}

/// <summary>Reads what <see cref="ByteWriter"/> wrote. Every reader throws <see cref="EndOfStreamException"/> where the bytes end too soon.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly int Left => _rest.Length;

    public byte Byte() => Bytes(1)[0];

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(4));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Bytes(8));

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Bytes(8));

    public string Text() => Encoding.UTF8.GetString(Bytes(Int32()));

    public double[] Doubles(int count) => count == 0 ? [] : MemoryMarshal.Cast<byte, double>(Bytes(count < 0 || count > _rest.Length / 8 ? -1 : 8 * count)).ToArray();

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (count < 0 || count > _rest.Length) throw new EndOfStreamException();
        var part = _rest[..count];
        _rest = _rest[count..];
        return part;
    }
}

/// <summary>CRC-32C (Castagnoli), by the processor's instruction where it has one.</summary>
internal static class Crc32C
{
    public static uint Of(ReadOnlySpan<byte> bytes, uint crc = 0)
    {
        crc = ~crc;
        for (; bytes.Length >= 8; bytes = bytes[8..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
