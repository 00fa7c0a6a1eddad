using System.Runtime.InteropServices;
using SsdForecast.Torch.Cuda;
using SsdForecast.Torch.Ssd;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Parallel.Collectives;

/// <summary>
/// Processes with a GPU each, joined by NCCL: sums and copies are queued behind what the GPU has to do and nothing waits for them. What the processes agree on
/// apart from tensors goes by <see cref="TcpGroup"/>, which also sees a process die: NCCL alone would wait for it for ever.
/// </summary>
public sealed unsafe class NcclGroup : ICollective
{
    private const string SumName = "a sum over the GPUs";
    private const string BroadcastName = "a broadcast to the GPUs";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly TcpGroup _control;
    private readonly NcclLibrary _library;
    private readonly Lock _calling = new();
    private readonly SideStream? _side;
    private readonly Timer _watch;
    private nint _communicator;
    private bool _disposed;
    // Milliseconds: since when a call into NCCL goes on, and when the last was queued.
    private long _called = long.MaxValue;
    private long _queued = long.MaxValue;
    // Which collective that call, or the last one queued, is of.
    private volatile string _collective = SumName;

    private NcclGroup(TcpGroup control, NcclLibrary library, nint communicator, SideStream? side)
    {
        (_control, _library, _communicator, _side) = (control, library, communicator, side);
        control.Failed += Abort;
        _watch = new Timer(_ => Watch(), null, Patience, Patience);
    }

    /// <summary>Whether NCCL is on this machine.</summary>
    public static bool IsAvailable => NcclLibrary.Instance is not null;

    /// <inheritdoc/>
    public int Rank => _control.Rank;

    /// <inheritdoc/>
    public int Size => _control.Size;

    /// <summary>Joins the GPUs of processes that have come together. All must call it.</summary>
    /// <param name="control">The processes; this object takes it over.</param>
    /// <param name="device">This process's GPU.</param>
    /// <exception cref="CollectiveException">There is no NCCL, or it refuses.</exception>
    public static NcclGroup Join(TcpGroup control, Device device)
    {
        ArgumentNullException.ThrowIfNull(control);
        ArgumentNullException.ThrowIfNull(device);
        var library = NcclLibrary.Instance ?? throw new CollectiveException("libnccl.so.2 is not found beside libtorch");
        var index = Math.Max(0, device.index);
        CudaThread.Use(index);
        var id = control.Rank == 0 ? library.NewId() : default;
        var bytes = control.BroadcastBytes(new ReadOnlySpan<byte>(&id, NcclLibrary.UniqueId.Size));
        if (bytes.Length != NcclLibrary.UniqueId.Size) throw new CollectiveException("rank 0 sent no NCCL identity; start all processes with the same program");
        id = MemoryMarshal.Read<NcclLibrary.UniqueId>(bytes);
        return new NcclGroup(control, library, library.Join(id, control.Rank, control.Size), Driver.IsAvailable ? new SideStream(index) : null);
    }

    /// <inheritdoc/>
    public void AllReduceSum(Tensor values)
    {
        Call(SumName, communicator => Sum(values, communicator, 0));
        _side?.Stamp();
        Volatile.Write(ref _queued, Environment.TickCount64);
    }

    /// <inheritdoc/>
    public void BeginSum(IReadOnlyList<Tensor> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        Call(SumName, communicator =>
        {
            _side?.Follow();
            _library.Together(() =>
            {
                foreach (var value in values) Sum(value, communicator, _side?.Handle ?? 0);
            });
        });
    }

    /// <inheritdoc/>
    public void EndSums()
    {
        _side?.Rejoin();
        Volatile.Write(ref _queued, Environment.TickCount64);
    }

    /// <inheritdoc/>
    public void Broadcast(Tensor values)
    {
        var (address, count, type) = Operand(values);
        Call(BroadcastName, communicator => _library.Broadcast((void*)address, count, type, communicator));
        GC.KeepAlive(values);
        _side?.Stamp();
        Volatile.Write(ref _queued, Environment.TickCount64);
    }

    /// <inheritdoc/>
    public double[] Broadcast(double[] values) => _control.Broadcast(values);

    /// <inheritdoc/>
    public void Barrier() => _control.Barrier();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        using (var unwatched = new ManualResetEvent(false))
            if (_watch.Dispose(unwatched)) unwatched.WaitOne();
        lock (_calling)
        {
            // Waits for the other processes of this machine to come to their end too; who comes to abort finds nothing any more.
            var communicator = Interlocked.Exchange(ref _communicator, 0);
            if (communicator != 0) _library.Destroy(communicator);
            _side?.Dispose();
        }
        _control.Dispose();
    }

    private static (nint Address, long Count, int Type) Operand(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.device.type != DeviceType.CUDA || !values.is_contiguous()) throw new ArgumentException("the tensor must be contiguous and on a GPU", nameof(values));
        return values.dtype switch
        {
            ScalarType.Float32 => ((nint)TensorMemory.Address<float>(values), values.numel(), NcclLibrary.Float32),
            ScalarType.Float64 => ((nint)TensorMemory.Address<double>(values), values.numel(), NcclLibrary.Float64),
            var other => throw new ArgumentException($"tensors are of float32 or float64, not {other}", nameof(values)),
        };
    }

    private void Sum(Tensor values, nint communicator, nint stream)
    {
        var (address, count, type) = Operand(values);
        _library.AllReduceSum((void*)address, count, type, communicator, stream);
        GC.KeepAlive(values);
    }

    /// <summary>Queues something; a communicator is for one thread at a time.</summary>
    private void Call(string collective, Action<nint> queue)
    {
        lock (_calling)
        {
            _collective = collective;
            Volatile.Write(ref _called, Environment.TickCount64);
            try
            {
                queue(_communicator != 0 ? _communicator : throw new CollectiveException(_control.Failure ?? "the processes are no longer joined"));
            }
            finally
            {
                Volatile.Write(ref _called, long.MaxValue);
            }
        }
    }

    /// <summary>Lets the device go on that waits for a process which will not come.</summary>
    private void Abort(string why)
    {
        // A call that itself waits for that process comes back only when the communicator is gone.
        var entered = _calling.TryEnter(Patience);
        try
        {
            var communicator = Interlocked.Exchange(ref _communicator, 0);
            if (communicator != 0) _library.Abort(communicator);
        }
        finally
        {
            if (entered) _calling.Exit();
        }
    }

    /// <summary>A process that hangs sends nothing, and those whose devices wait for it may not come to where they would wait for a word from it.</summary>
    private void Watch()
    {
        bool IsOverdue(long since) => since != long.MaxValue && TimeSpan.FromMilliseconds(Environment.TickCount64 - since) >= _control.Timeout;
        // Without the lock: a call into NCCL may be what hangs, as the first ones do until the other processes come to them too.
        var hangs = IsOverdue(Volatile.Read(ref _called)) || (IsOverdue(Volatile.Read(ref _queued)) && _side is { IsDone: false });
        if (!hangs || _control.Failure is not null) return;
        _control.Fail($"{_collective} has not come to its end for {_control.Timeout.TotalSeconds:F0} s, so another process hangs; see what it does, or set {RankSettings.TimeoutVariable} to more seconds");
    }
}
