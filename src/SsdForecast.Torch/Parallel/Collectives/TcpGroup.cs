using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace SsdForecast.Torch.Parallel.Collectives;

/// <summary>
/// Processes joined by TCP as a star: all send to the first, which adds up in the order of ranks and sends the sum back, the same bits to all. Right for
/// processes on CPUs and for what little GPUs have to agree on; their gradients go by <see cref="NcclGroup"/>.
/// </summary>
public sealed class TcpGroup : ICollective
{
    private const int PieceLength = 1 << 24;

    private readonly RankSettings _settings;
    private readonly List<Peer> _peers = [];
    private readonly Lock _failing = new();
    private readonly CancellationTokenSource _broken = new();
    private int _operation;
    private bool _disposed;

    private TcpGroup(RankSettings settings) => _settings = settings;

    /// <summary>Is told once, on another thread, when a process failed or is gone: for what else must be let go of, such as a GPU that waits for it.</summary>
    public event Action<string>? Failed;

    /// <summary>How long another process may be silent.</summary>
    internal TimeSpan Timeout => _settings.Timeout;

    /// <summary>Why the group is of no use any more; null while it is.</summary>
    public string? Failure { get; private set; }

    /// <inheritdoc/>
    public int Rank => _settings.Rank;

    /// <inheritdoc/>
    public int Size => _settings.Size;

    /// <summary>Opens the port at which the first process will wait for the others: 0 takes a free one.</summary>
    /// <param name="port">The port.</param>
    /// <param name="everywhere">Whether other machines may connect.</param>
    /// <exception cref="CollectiveException">The port is taken.</exception>
    public static TcpListener Listen(int port, bool everywhere) => Rendezvous.Listen(port, everywhere);

    /// <summary>Comes together with the other processes.</summary>
    /// <param name="settings">Who and where.</param>
    /// <param name="listener">The first process's open port; null to open the one of the settings.</param>
    /// <param name="alive">Throws when a process that should come never will; asked now and then.</param>
    /// <exception cref="CollectiveException">Not all came in time.</exception>
    public static TcpGroup Join(RankSettings settings, TcpListener? listener = null, Action? alive = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var group = new TcpGroup(settings);
        try
        {
            if (settings.Rank > 0) group._peers.Add(new Peer(0, Rendezvous.Connect(settings), group.Break));
            else foreach (var (rank, client) in Rendezvous.Accept(settings, listener, alive)) group._peers.Add(new Peer(rank, client, group.Break));
            // Nobody goes on before all are there.
            group.Barrier();
        }
        catch
        {
            group.Dispose();
            throw;
        }
        return group;
    }

    /// <inheritdoc/>
    public void AllReduceSum(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        OnHost(values, host =>
        {
            if (host.dtype == ScalarType.Float64) Sum(MemoryMarshal.Cast<byte, double>(host.bytes));
            else if (host.dtype == ScalarType.Float32) Sum(MemoryMarshal.Cast<byte, float>(host.bytes));
            else throw new ArgumentException($"sums are of float32 or float64, not {host.dtype}", nameof(values));
        });
    }

    /// <inheritdoc/>
    public void Broadcast(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        OnHost(values, host => FromFirst(host.bytes));
    }

    /// <inheritdoc/>
    public double[] Broadcast(double[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var bytes = BroadcastBytes(MemoryMarshal.AsBytes(values.AsSpan()));
        return Rank == 0 ? values : MemoryMarshal.Cast<byte, double>(bytes).ToArray();
    }

    /// <summary>Gives every process the first one's bytes.</summary>
    internal byte[] BroadcastBytes(ReadOnlySpan<byte> bytes)
    {
        Next();
        if (Rank > 0) return Take(_peers[0], FrameKind.Broadcast).Payload;
        SendAll(FrameKind.Broadcast, bytes);
        return bytes.ToArray();
    }

    /// <inheritdoc/>
    public void Barrier()
    {
        Next();
        if (Rank > 0)
        {
            _peers[0].Send(new FrameHeader(FrameKind.Barrier, _operation, 0), []);
            Take(_peers[0], FrameKind.Barrier);
            return;
        }
        foreach (var peer in _peers) Take(peer, FrameKind.Barrier);
        SendAll(FrameKind.Barrier, []);
    }

    /// <summary>Tells the other processes that this one fails, and why, so that they end with that reason instead of waiting. Does not throw.</summary>
    /// <param name="why">One line.</param>
    public void Fail(string why)
    {
        var said = $"rank {Rank}: {why}";
        var first = Claim(said);
        Tell(said);
        if (first) End(said);
    }

    private void Tell(string why)
    {
        foreach (var peer in _peers.Where(p => p.Failure is null))
        {
            try
            {
                var text = Encoding.UTF8.GetBytes(why);
                peer.Send(new FrameHeader(FrameKind.Failed, 0, text.Length), text);
            }
            catch (CollectiveException)
            {
                // It is gone itself.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        foreach (var peer in _peers) peer.Dispose();
    }

    private Frame Take(Peer peer, FrameKind kind)
    {
        try
        {
            return peer.Take(kind, _operation, _settings.Timeout, _broken.Token);
        }
        catch (Exception e) when (e is OperationCanceledException || (e is CollectiveException && Failure is not null))
        {
            // One that was told of a failure may have left before this process is stopped for it: the failure is the reason, not that it left.
            throw new CollectiveException(Failure ?? "another process failed");
        }
    }

    private void Break(string why)
    {
        if (!Claim(why)) return;
        // The first process passes it on: the others know only the first.
        if (Rank == 0) Tell(why);
        End(why);
    }

    /// <summary>Sets the reason, if there is none yet.</summary>
    private bool Claim(string why)
    {
        lock (_failing)
        {
            if (Failure is not null || _disposed) return false;
            Failure = why;
            return true;
        }
    }

    /// <summary>Ends all that waits here.</summary>
    private void End(string why)
    {
        _broken.Cancel();
        Failed?.Invoke(why);
    }

    /// <summary>Begins an operation. After a failure there is none, even where it would only send: what came of the one before may be wrong.</summary>
    private void Next()
    {
        if (Failure is { } why) throw new CollectiveException(why);
        _operation++;
    }

    private void Sum<T>(Span<T> values)
        where T : unmanaged, System.Numerics.INumberBase<T>
    {
        for (var at = 0; at < values.Length; at += PieceLength) SumPiece(values.Slice(at, Math.Min(PieceLength, values.Length - at)));
    }

    private void SumPiece<T>(Span<T> values)
        where T : unmanaged, System.Numerics.INumberBase<T>
    {
        Next();
        var bytes = MemoryMarshal.AsBytes(values);
        if (Rank > 0)
        {
            _peers[0].Send(new FrameHeader(FrameKind.Sum, _operation, bytes.Length), bytes);
            Same(Take(_peers[0], FrameKind.Sum), bytes.Length).CopyTo(bytes);
            return;
        }
        foreach (var peer in _peers)
        {
            var theirs = MemoryMarshal.Cast<byte, T>(Same(Take(peer, FrameKind.Sum), bytes.Length));
            TensorPrimitives.Add<T>(values, theirs, values);
        }
        SendAll(FrameKind.Sum, bytes);
    }

    private void FromFirst(Span<byte> bytes)
    {
        const int piece = 4 * PieceLength;
        for (var at = 0; at < bytes.Length; at += piece)
        {
            var part = bytes.Slice(at, Math.Min(piece, bytes.Length - at));
            var theirs = BroadcastBytes(part);
            if (theirs.Length != part.Length) throw OtherLength(0, theirs.Length, part.Length);
            if (Rank > 0) theirs.CopyTo(part);
        }
    }

    private ReadOnlySpan<byte> Same(Frame frame, int length)
        => frame.Payload.Length == length ? frame.Payload : throw OtherLength(Rank, frame.Payload.Length, length);

    private static CollectiveException OtherLength(int rank, long theirs, long ours)
        => new($"rank {rank} got {theirs} bytes and not {ours}; start all processes with the same data and options");

    private void SendAll(FrameKind kind, ReadOnlySpan<byte> payload)
    {
        foreach (var peer in _peers) peer.Send(new FrameHeader(kind, _operation, payload.Length), payload);
    }

    /// <summary>Runs something on a tensor in this machine's memory; one of a GPU goes there and back.</summary>
    private static void OnHost(Tensor values, Action<Tensor> work)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        if (!values.is_contiguous()) throw new ArgumentException("the tensor must be contiguous", nameof(values));
        if (values.device.type == DeviceType.CPU)
        {
            work(values);
            return;
        }
        var host = values.cpu();
        work(host);
        values.copy_(host);
    }
}
