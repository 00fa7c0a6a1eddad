using System.Buffers.Binary;
using System.Net.Sockets;

namespace SsdForecast.Torch.Parallel.Collectives;

/// <summary>What a process says of itself when it connects to the first.</summary>
internal readonly record struct Greeting(int Rank, int Size)
{
    private const int Length = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static void Write(TcpClient client, Greeting greeting)
    {
        Span<byte> frame = stackalloc byte[FrameHeader.Size + Length];
        new FrameHeader(FrameKind.Hello, 0, Length).Write(frame);
        BinaryPrimitives.WriteInt32LittleEndian(frame[FrameHeader.Size..], greeting.Rank);
        BinaryPrimitives.WriteInt32LittleEndian(frame[(FrameHeader.Size + 4)..], greeting.Size);
        client.GetStream().Write(frame);
    }

    /// <summary>Reads it; null from a stranger.</summary>
    public static Greeting? Read(TcpClient client)
    {
        try
        {
            client.ReceiveTimeout = (int)Patience.TotalMilliseconds;
            Span<byte> frame = stackalloc byte[FrameHeader.Size + Length];
            client.GetStream().ReadExactly(frame);
            client.ReceiveTimeout = 0;
            return FrameHeader.TryRead(frame, out var header) && header is { Kind: FrameKind.Hello, Length: Length }
                ? new Greeting(BinaryPrimitives.ReadInt32LittleEndian(frame[FrameHeader.Size..]), BinaryPrimitives.ReadInt32LittleEndian(frame[(FrameHeader.Size + 4)..]))
                : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
