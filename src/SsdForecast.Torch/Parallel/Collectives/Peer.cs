using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace SsdForecast.Torch.Parallel.Collectives;

/// <summary>
/// The connection to one other process. A thread reads it all the time, so that a failure is seen at once, whatever this process is busy with, and two
/// processes that send to each other cannot block each other.
/// </summary>
internal sealed class Peer : IDisposable
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly TcpClient _client;
    private readonly NetworkStream _stream;
    private readonly BlockingCollection<Frame> _arrived = [];
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _sending = new();
    private readonly Action<string> _failed;
    private readonly Thread _reader;
    private bool _goodbye;
    private volatile bool _closing;

    /// <summary>Takes over a connection and reads it from then on.</summary>
    /// <param name="rank">The other's number.</param>
    /// <param name="client">The connection.</param>
    /// <param name="failed">Is told, on a thread of its own and once, that the other failed or is gone.</param>
    public Peer(int rank, TcpClient client, Action<string> failed)
    {
        (Rank, _client, _failed) = (rank, client, failed);
        client.NoDelay = true;
        _stream = client.GetStream();
        _reader = new Thread(ReadAll) { IsBackground = true, Name = $"rank {rank}" };
        _reader.Start();
    }

    /// <summary>The other's number.</summary>
    public int Rank { get; }

    /// <summary>Why the connection is of no use any more; null while it is.</summary>
    public string? Failure { get; private set; }

    /// <summary>Sends a frame.</summary>
    /// <exception cref="CollectiveException">The other is gone.</exception>
    public void Send(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        Span<byte> start = stackalloc byte[FrameHeader.Size];
        header.Write(start);
        try
        {
            lock (_sending)
            {
                _stream.Write(start);
                _stream.Write(payload);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Its last words may still be on their way.
            _ended.Token.WaitHandle.WaitOne(TimeSpan.FromSeconds(2));
            throw new CollectiveException(Failure ?? Gone, e);
        }
    }

    /// <summary>Takes the next frame, and checks that it is of the operation that this process is at.</summary>
    /// <exception cref="CollectiveException">The other failed, is gone, is silent for too long, or does something else.</exception>
    /// <exception cref="OperationCanceledException">Another peer failed.</exception>
    public Frame Take(FrameKind kind, int operation, TimeSpan timeout, CancellationToken broken)
    {
        // What came before an end still counts.
        if (!_arrived.TryTake(out var frame)) frame = Wait(timeout, broken);
        if (frame.Header.Kind != kind || frame.Header.Operation != operation)
            throw new CollectiveException($"rank {Rank} is at another operation ({frame.Header.Kind} {frame.Header.Operation}, not {kind} {operation}); start all processes with the same data and options");
        return frame;
    }

    /// <summary>Closes the connection; the other is told that this is the end and no failure.</summary>
    public void Dispose()
    {
        _closing = true;
        try
        {
            Send(new FrameHeader(FrameKind.Goodbye, 0, 0), []);
            // A connection that is closed with bytes unread takes back what it has sent: the other's last words are waited for, but not for long.
            _client.Client.Shutdown(SocketShutdown.Send);
            _reader.Join(Farewell);
        }
        catch (Exception e) when (e is CollectiveException or SocketException or ObjectDisposedException)
        {
            // Gone before us.
        }
        _client.Dispose();
        _arrived.Dispose();
    }

    private string Gone => $"rank {Rank} is gone";

    private Frame Wait(TimeSpan timeout, CancellationToken broken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token, broken);
        try
        {
            if (_arrived.TryTake(out var frame, (int)Math.Min(int.MaxValue, timeout.TotalMilliseconds), either.Token)) return frame;
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            return _arrived.TryTake(out var frame) ? frame : throw new CollectiveException(Failure ?? Gone);
        }
        throw new CollectiveException($"rank {Rank} has been silent for {timeout.TotalSeconds:F0} s; see what it does, or set {RankSettings.TimeoutVariable} to more seconds");
    }

    private void ReadAll()
    {
        try
        {
            var start = new byte[FrameHeader.Size];
            while (!_goodbye)
            {
                _stream.ReadExactly(start);
                if (!FrameHeader.TryRead(start, out var header)) throw new InvalidDataException("not a frame");
                var payload = header.Length == 0 ? [] : GC.AllocateUninitializedArray<byte>((int)header.Length);
                _stream.ReadExactly(payload);
                if (header.Kind == FrameKind.Goodbye) _goodbye = true;
                else if (header.Kind == FrameKind.Failed) End(Encoding.UTF8.GetString(payload));
                else _arrived.Add(new Frame(header, payload));
            }
            if (Failure is null) Quit($"rank {Rank} has ended already; start all processes with the same data and options");
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ObjectDisposedException or SocketException or InvalidOperationException)
        {
            End(Gone);
        }
    }

    /// <summary>The other will say no more, and has not failed.</summary>
    private void Quit(string why)
    {
        Failure = why;
        _ended.Cancel();
    }

    private void End(string why)
    {
        if (Failure is not null || _closing) return;
        // Told before anyone who waits for this peer wakes, and with it perhaps ends the process.
        Failure = why;
        _failed(why);
        _ended.Cancel();
    }
}
