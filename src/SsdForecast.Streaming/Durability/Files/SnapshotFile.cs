using System.Security.Cryptography;
using System.Text;
using SsdForecast.Data;
using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>
/// A snapshot in a file of its own, little-endian: the text <c>SSDFSNAP</c>, format version (int32), generation and log position (int64), model
/// hash (32 bytes), layout and attachment (length in int32, bytes); for each series the length of its id in bytes (int32), the id in UTF-8, the
/// length of its record (int32) and the record; −1 (int32), number of series (int64), SHA-256 of all before it.
/// </summary>
internal static class SnapshotFile
{
    private const int Version = 2;
    private const int HashLength = 32;
    private const int LeastLength = 8 + 4 + 8 + 8 + HashLength + 4 + 4 + 4 + 8 + HashLength;

    private static ReadOnlySpan<byte> Magic => "SSDFSNAP"u8;

    /// <summary>Writes a snapshot to a temporary file, then renames it.</summary>
    public static void Write(string path, SnapshotManifest manifest, Action<Action<string, ReadOnlyMemory<byte>>> series) => AtomicFile.Write(path, stream =>
    {
        using var sha = SHA256.Create();
        using (var hashed = new CryptoStream(stream, sha, CryptoStreamMode.Write, leaveOpen: true))
        using (var writer = new BinaryWriter(new BufferedStream(hashed, 1 << 16), Encoding.UTF8))
        {
            writer.Write(Magic);
            writer.Write(Version);
            writer.Write(manifest.Generation);
            writer.Write(manifest.Position);
            writer.Write(Convert.FromHexString(manifest.ModelHash));
            WriteBlock(writer, Encoding.UTF8.GetBytes(manifest.Layout));
            WriteBlock(writer, manifest.Attachment.Span);
            long count = 0;
            series((id, record) =>
            {
                WriteBlock(writer, Encoding.UTF8.GetBytes(id));
                WriteBlock(writer, record.Span);
                count++;
            });
            writer.Write(-1);
            writer.Write(count);
        }

        stream.Write(sha.Hash!);
    });

    /// <summary>Checks a snapshot and gives its series.</summary>
    /// <param name="require">Looks at the manifest before the series are given.</param>
    /// <param name="take">Given the id and the record of each.</param>
    /// <exception cref="StateFormatException">Missing, torn, altered, or of another format.</exception>
    public static SnapshotManifest Read(string path, Action<SnapshotManifest> require, Action<string, byte[]> take)
    {
        if (!File.Exists(path)) throw new StateFormatException(path, "no such file");
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        if (!reader.ReadBytes(Magic.Length).AsSpan().SequenceEqual(Magic)) throw new StateFormatException(path, "not a snapshot");
        if (stream.Length < LeastLength) throw Torn(path);
        var version = reader.ReadInt32();
        if (version != Version) throw new StateFormatException(path, $"format version {version}, where this program reads {Version}");
        // The checksum before anything is believed: an altered hash is damage and not another model.
        CheckSum(stream, path);
        stream.Position = Magic.Length + 4;
        try
        {
            var (generation, position) = (reader.ReadInt64(), reader.ReadInt64());
            var hash = Convert.ToHexStringLower(reader.ReadBytes(HashLength));
            var manifest = new SnapshotManifest(generation, position, hash, Encoding.UTF8.GetString(ReadBlock(reader)!), ReadBlock(reader));
            require(manifest);
            long count = 0;
            for (; ReadBlock(reader) is { } id; count++) take(Encoding.UTF8.GetString(id), ReadBlock(reader) ?? throw new EndOfStreamException());
            if (reader.ReadInt64() != count || stream.Position != stream.Length - HashLength) throw new EndOfStreamException();
            return manifest;
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException or OverflowException)
        {
            throw new StateFormatException(path, "the snapshot does not have the form of one; it was not written by this program", e);
        }
    }

    private static void WriteBlock(BinaryWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    private static byte[]? ReadBlock(BinaryReader reader)
    {
        var length = reader.ReadInt32();
        if (length == -1) return null;
        if (length < 0 || length > reader.BaseStream.Length - reader.BaseStream.Position) throw new EndOfStreamException();
        return reader.ReadBytes(length);
    }

    private static void CheckSum(FileStream stream, string path)
    {
        stream.Position = 0;
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        for (var rest = stream.Length - HashLength; rest > 0;)
        {
            var read = stream.Read(buffer, 0, (int)Math.Min(rest, buffer.Length));
            if (read == 0) throw Torn(path);
            sha.AppendData(buffer, 0, read);
            rest -= read;
        }

        var expected = new byte[HashLength];
        stream.ReadExactly(expected);
        if (!sha.GetHashAndReset().AsSpan().SequenceEqual(expected)) throw Torn(path);
    }

    private static StateFormatException Torn(string path) => new(path, "the snapshot is torn or altered (checksum); use an earlier one or begin without");
}
