using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace SsdForecast.Runtime;

/// <summary>
/// A saved state, little-endian: the text <c>SSDFSTAT</c>, format version (int32), model hash (32 bytes), length of the series id in bytes
/// (int32) and the id in UTF-8, number of floats (int32) and the floats, SHA-256 of all before it.
/// </summary>
internal static class StateFile
{
    private const int Version = 1;
    private const int HashLength = 32;

    private static ReadOnlySpan<byte> Magic => "SSDFSTAT"u8;

    public static byte[] Write(string modelHash, string seriesId, ReadOnlySpan<float> state)
    {
        var id = Encoding.UTF8.GetBytes(seriesId);
        var bytes = new byte[Magic.Length + 4 + HashLength + 4 + id.Length + 4 + (4 * state.Length) + HashLength];
        var rest = bytes.AsSpan();
        Put(ref rest, Magic);
        Put(ref rest, Version);
        Put(ref rest, Convert.FromHexString(modelHash));
        Put(ref rest, id.Length);
        Put(ref rest, id);
        Put(ref rest, state.Length);
        Put(ref rest, MemoryMarshal.AsBytes(state));
        SHA256.HashData(bytes.AsSpan(0, bytes.Length - HashLength), rest);
        return bytes;
    }

    /// <summary>Checks a saved state and copies its floats.</summary>
    /// <returns>The series id.</returns>
    /// <exception cref="StateFormatException">Torn, altered, of another format or of another model.</exception>
    public static string Read(ReadOnlySpan<byte> bytes, string source, string modelHash, Span<float> state)
    {
        var rest = bytes;
        if (rest.Length < Magic.Length || !Take(ref rest, Magic.Length).SequenceEqual(Magic)) throw new StateFormatException(source, "not a saved state");
        if (rest.Length < 4 + HashLength + 8 + HashLength) throw Torn(source);
        var version = TakeInt(ref rest);
        if (version != Version) throw new StateFormatException(source, $"format version {version}, where this program reads {Version}");
        // The checksum before the hash: an altered hash is damage and not another model.
        if (!SHA256.HashData(bytes[..^HashLength]).AsSpan().SequenceEqual(bytes[^HashLength..])) throw Torn(source);
        var hash = Convert.ToHexStringLower(Take(ref rest, HashLength));
        if (hash != modelHash) throw new StateFormatException(source, $"the state belongs to the model {hash[..12]}, and this is {modelHash[..12]}; load that model or start the series anew");
        var idLength = TakeInt(ref rest);
        if (idLength < 0 || idLength > rest.Length - 4 - HashLength) throw Torn(source);
        var id = Encoding.UTF8.GetString(Take(ref rest, idLength));
        if (TakeInt(ref rest) != state.Length || rest.Length != (4 * state.Length) + HashLength) throw Torn(source);
        rest[..^HashLength].CopyTo(MemoryMarshal.AsBytes(state));
        return id;
    }

    private static StateFormatException Torn(string source) => new(source, "the saved state is torn or altered (checksum); restore an earlier one or start the series anew");

    private static void Put(ref Span<byte> rest, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(rest);
        rest = rest[bytes.Length..];
    }

    private static void Put(ref Span<byte> rest, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(rest, value);
        rest = rest[4..];
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, int length)
    {
        var taken = rest[..length];
        rest = rest[length..];
        return taken;
    }

    private static int TakeInt(ref ReadOnlySpan<byte> rest) => BinaryPrimitives.ReadInt32LittleEndian(Take(ref rest, 4));
}
