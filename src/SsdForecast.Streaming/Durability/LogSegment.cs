using System.Buffers.Binary;
using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>
/// The form of a segment of the event log, little-endian. Header of 64 bytes: the text <c>SSDFELOG</c>, format version (int32), model hash
/// (32 bytes), generation of the snapshot before it (int64), position before its first record (int64), CRC-32C of those 60 bytes. Then records:
/// length of the payload (uint32), CRC-32C of length and payload, payload (<see cref="LogRecord"/>). Positions count records since the store began.
/// </summary>
internal static class LogSegment
{
    public const int HeaderLength = 64;
    public const int FrameLength = 8;
    public const int MostPayload = 1 << 28;
    private const int Version = 1;

    private static ReadOnlySpan<byte> Magic => "SSDFELOG"u8;

    public static byte[] Header(string modelHash, long generation, long position)
    {
        var writer = new ByteWriter();
        writer.Put(Magic);
        writer.Put(Version);
        writer.Put(Convert.FromHexString(modelHash));
        writer.Put(generation);
        writer.Put(position);
        writer.Put((int)Crc32C.Of(writer.Written));
        return writer.Written.ToArray();
    }

    /// <summary>Writes the frame of a payload that stands behind it.</summary>
    public static void Frame(Span<byte> frameAndPayload)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frameAndPayload, frameAndPayload.Length - FrameLength);
        BinaryPrimitives.WriteUInt32LittleEndian(frameAndPayload[4..], Check(frameAndPayload));
    }

    /// <summary>Reads a segment up to its end or to the first record that is torn.</summary>
    /// <param name="take">Given each record with its position; false ends the reading.</param>
    /// <returns>What was good; null where not even the header is.</returns>
    /// <exception cref="StateFormatException">The segment is of another model or format.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SegmentEnd? Read(string path, string modelHash, long generation, Action<long, LogRecord> take)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 20);
        var header = new byte[HeaderLength];
        if (stream.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength || !ReadHeader(header, path, modelHash, generation, out var position)) return null;
        var payload = new byte[1 << 12];
        Span<byte> frame = stackalloc byte[FrameLength];
        long length = HeaderLength;
        while (stream.ReadAtLeast(frame, FrameLength, throwOnEndOfStream: false) == FrameLength)
        {
            var size = BinaryPrimitives.ReadInt32LittleEndian(frame);
            if (size <= 0 || size > MostPayload || size > stream.Length - length - FrameLength) break;
            if (FrameLength + size > payload.Length) payload = new byte[Math.Max(2 * payload.Length, FrameLength + size)];
            var whole = payload.AsSpan(0, FrameLength + size);
            frame.CopyTo(whole);
            if (stream.ReadAtLeast(whole[FrameLength..], size, throwOnEndOfStream: false) < size || Check(whole) != BinaryPrimitives.ReadUInt32LittleEndian(frame[4..])) break;
            LogRecord record;
            try
            {
                record = LogRecord.Read(whole[FrameLength..]);
            }
            catch (Exception e) when (e is EndOfStreamException or ArgumentException)
            {
                throw new StateFormatException(path, $"record {position + 1} does not have the form of one; it was not written by this program", e);
            }

            take(++position, record);
            length += whole.Length;
        }

        return new SegmentEnd(position, length, stream.Length);
    }

    private static uint Check(ReadOnlySpan<byte> frameAndPayload) => Crc32C.Of(frameAndPayload[FrameLength..], Crc32C.Of(frameAndPayload[..4]));

    private static bool ReadHeader(ReadOnlySpan<byte> header, string path, string modelHash, long generation, out long position)
    {
        var reader = new ByteReader(header);
        var magic = reader.Bytes(Magic.Length);
        var version = reader.Int32();
        var hash = Convert.ToHexStringLower(reader.Bytes(32));
        var own = reader.Int64();
        position = reader.Int64();
        if (!magic.SequenceEqual(Magic) || (uint)reader.Int32() != Crc32C.Of(header[..(HeaderLength - 4)])) return false;
        if (version != Version) throw new StateFormatException(path, $"format version {version}, where this program reads {Version}");
        if (hash != modelHash) throw StoreProblems.OtherModel(path, hash, modelHash);
        return own == generation ? true : throw new StateFormatException(path, $"the log of snapshot {own} under the name of that of {generation}; give the files their names back");
    }
}

/// <summary>Where the good part of a segment ends.</summary>
/// <param name="Position">Position of its last record.</param>
/// <param name="GoodLength">Bytes up to there.</param>
/// <param name="FileLength">Bytes of the file.</param>
internal readonly record struct SegmentEnd(long Position, long GoodLength, long FileLength);
