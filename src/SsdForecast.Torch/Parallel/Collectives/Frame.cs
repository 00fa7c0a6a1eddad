using System.Buffers.Binary;

namespace SsdForecast.Torch.Parallel.Collectives;

/// <summary>What a frame says.</summary>
internal enum FrameKind : byte
{
    /// <summary>The first words of a process: who it is.</summary>
    Hello = 1,

    /// <summary>A sum over processes.</summary>
    Sum,

    /// <summary>A tensor or numbers of the first process.</summary>
    Broadcast,

    /// <summary>Nothing but that the sender has come here.</summary>
    Barrier,

    /// <summary>The sender has failed; the payload is one line of text.</summary>
    Failed,

    /// <summary>The sender is done, and closes the connection.</summary>
    Goodbye,
}

/// <summary>The twenty bytes before a payload: magic, kind, number of the operation, length of the payload.</summary>
internal readonly record struct FrameHeader(FrameKind Kind, int Operation, long Length)
{
    public const int Size = 20;

    /// <summary>Payloads above it are not from a peer of ours.</summary>
    public const long Largest = 1L << 31;

    private const uint Magic = 0x53534446;

    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(to, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(to[4..], (uint)Kind);
        BinaryPrimitives.WriteInt32LittleEndian(to[8..], Operation);
        BinaryPrimitives.WriteInt64LittleEndian(to[12..], Length);
    }

    /// <summary>Reads a header; false where it is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> from, out FrameHeader header)
    {
        header = new FrameHeader(
            (FrameKind)BinaryPrimitives.ReadUInt32LittleEndian(from[4..]), BinaryPrimitives.ReadInt32LittleEndian(from[8..]), BinaryPrimitives.ReadInt64LittleEndian(from[12..]));
        return BinaryPrimitives.ReadUInt32LittleEndian(from) == Magic && Enum.IsDefined(header.Kind) && header.Length is >= 0 and <= Largest;
    }
}

/// <summary>What came from a peer.</summary>
internal sealed record Frame(FrameHeader Header, byte[] Payload);
