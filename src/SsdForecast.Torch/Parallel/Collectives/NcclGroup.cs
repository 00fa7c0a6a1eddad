using System.Runtime.InteropServices;
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
    private readonly TcpGroup _control;
    private readonly NcclLibrary _library;
    private readonly Lock _ending = new();
    private nint _communicator;

    private NcclGroup(TcpGroup control, NcclLibrary library, nint communicator)
    {
        (_control, _library, _communicator) = (control, library, communicator);
        control.Failed += Abort;
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
        CudaThread.Use(Math.Max(0, device.index));
        var id = control.Rank == 0 ? library.NewId() : default;
        var bytes = control.BroadcastBytes(new ReadOnlySpan<byte>(&id, NcclLibrary.UniqueId.Size));
        if (bytes.Length != NcclLibrary.UniqueId.Size) throw new CollectiveException("rank 0 sent no NCCL identity; start all processes with the same program");
        id = MemoryMarshal.Read<NcclLibrary.UniqueId>(bytes);
        return new NcclGroup(control, library, library.Join(id, control.Rank, control.Size));
    }

    /// <inheritdoc/>
    public void AllReduceSum(Tensor values)
    {
        var (address, count, type) = Operand(values);
        _library.AllReduceSum((void*)address, count, type, Communicator());
        GC.KeepAlive(values);
    }

    /// <inheritdoc/>
    public void Broadcast(Tensor values)
    {
        var (address, count, type) = Operand(values);
        _library.Broadcast((void*)address, count, type, Communicator());
        GC.KeepAlive(values);
    }

    /// <inheritdoc/>
    public double[] Broadcast(double[] values) => _control.Broadcast(values);

    /// <inheritdoc/>
    public void Barrier() => _control.Barrier();

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_ending)
        {
            if (_communicator != 0) _library.Destroy(_communicator);
            _communicator = 0;
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

    private nint Communicator() => _communicator != 0 ? _communicator : throw new CollectiveException(_control.Failure ?? "the processes are no longer joined");

    private void Abort(string why)
    {
        lock (_ending)
        {
            if (_communicator != 0) _library.Abort(_communicator);
            _communicator = 0;
        }
    }
}
