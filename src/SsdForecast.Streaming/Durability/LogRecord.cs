using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>What a record of the event log says.</summary>
internal enum LogRecordKind : byte
{
    /// <summary>An event that was taken or held back.</summary>
    Event = 1,

    /// <summary>A series was forgotten.</summary>
    Remove = 2,

    /// <summary>The gap of a series was given up: what waited behind it was taken.</summary>
    Release = 3,
}

/// <summary>A record of the event log: kind (byte), id (length in int32, UTF-8), and for an event sequence number (int64) and observation.</summary>
internal readonly record struct LogRecord(LogRecordKind Kind, string SeriesId, long Sequence = StreamingEngine.NoSequence, Observation Observation = default)
{
    /// <summary>Writes a record in place of what the writer holds.</summary>
    public static ReadOnlySpan<byte> Write(ByteWriter writer, LogRecordKind kind, string seriesId, long sequence, in Observation o)
    {
        writer.Clear();
        writer.Put((byte)kind);
        writer.PutText(seriesId);
        if (kind == LogRecordKind.Event)
        {
            writer.Put(sequence);
            writer.Put(o);
        }

        return writer.Written;
    }

    /// <summary>Reads what was written.</summary>
    /// <exception cref="EndOfStreamException">Not a record.</exception>
    /// <exception cref="ArgumentException">Not a record.</exception>
    public static LogRecord Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var kind = (LogRecordKind)reader.Byte();
        var id = reader.Text();
        if (!Enum.IsDefined(kind) || id.Length == 0) throw new EndOfStreamException();
        var record = kind == LogRecordKind.Event ? new LogRecord(kind, id, reader.Int64(), reader.ReadObservation()) : new LogRecord(kind, id);
        return reader.Left == 0 ? record : throw new EndOfStreamException();
    }
}
