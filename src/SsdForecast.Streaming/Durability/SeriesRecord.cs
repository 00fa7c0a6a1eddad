using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>
/// All that is kept of a series, as bytes, little-endian: position in the log (int64), highest sequence number (int64), those taken before it
/// (uint64), number of floats (int32), state and companions (float32), number of waiting events (int32), and for each key and sequence number
/// (int64) and observation.
/// </summary>
internal static class SeriesRecord
{
    public static ReadOnlySpan<byte> Write(ByteWriter writer, ref readonly SeriesEntry entry, ReadOnlySpan<float> state, ReorderBuffer? waiting)
    {
        writer.Clear();
        writer.Put(entry.Position);
        writer.Put(entry.Sequence);
        writer.Put((long)entry.Seen);
        writer.Put(state.Length);
        writer.Put(MemoryMarshal.AsBytes(state));
        writer.Put(waiting?.Count ?? 0);
        foreach (var e in waiting?.Events ?? [])
        {
            writer.Put(e.Key);
            writer.Put(e.Sequence);
            writer.Put(e.Observation);
        }

        return writer.Written;
    }

    public static long PositionOf(ReadOnlySpan<byte> record) => record.Length < 8 ? 0 : BinaryPrimitives.ReadInt64LittleEndian(record);

    /// <summary>Reads a record into an entry and its floats.</summary>
    /// <returns>The events that wait; null for none.</returns>
    /// <exception cref="EndOfStreamException">Not a record of this length.</exception>
    /// <exception cref="ArgumentException">A waiting event that is none.</exception>
    public static ReorderBuffer? Read(ReadOnlySpan<byte> record, ref SeriesEntry entry, Span<float> state)
    {
        var reader = new ByteReader(record);
        (entry.Position, entry.Sequence, entry.Seen) = (reader.Int64(), reader.Int64(), (ulong)reader.Int64());
        if (reader.Int32() != state.Length) throw new EndOfStreamException();
        reader.Bytes(4 * state.Length).CopyTo(MemoryMarshal.AsBytes(state));
        var count = reader.Int32();
        var waiting = count > 0 ? new ReorderBuffer() : null;
        for (var i = 0; i < count; i++)
        {
            var (key, sequence) = (reader.Int64(), reader.Int64());
            waiting!.Add(key, sequence, reader.ReadObservation());
        }

        return reader.Left == 0 ? waiting : throw new EndOfStreamException();
    }
}
