using System.Runtime.InteropServices;
using SsdForecast.Torch.Cuda;

namespace SsdForecast.Torch.Parallel.Collectives;

/// <summary>
/// NVIDIA's collective library by its C interface: that which libtorch has loaded already as a rule, else where <see cref="NativeLibraries"/> finds one. Values of the enumerations from <c>nccl.h</c>, the same since version 2.10.
/// </summary>
internal sealed unsafe class NcclLibrary
{
    /// <summary>Names a communicator to all its processes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct UniqueId
    {
        public const int Size = 128;
        public fixed byte Bytes[Size];
    }

    public const int Float32 = 7;
    public const int Float64 = 8;
    private const int SumOperator = 0;

    private static readonly Lazy<NcclLibrary?> Found = new(Find);

    private readonly delegate* unmanaged<UniqueId*, int> _getUniqueId;
    private readonly delegate* unmanaged<nint*, int, UniqueId, int, int> _commInitRank;
    private readonly delegate* unmanaged<void*, void*, nuint, int, int, nint, nint, int> _allReduce;
    private readonly delegate* unmanaged<void*, void*, nuint, int, int, nint, nint, int> _broadcast;
    private readonly delegate* unmanaged<int> _groupStart;
    private readonly delegate* unmanaged<int> _groupEnd;
    private readonly delegate* unmanaged<nint, int> _commDestroy;
    private readonly delegate* unmanaged<nint, int> _commAbort;
    private readonly delegate* unmanaged<int, nint> _getErrorString;

    private NcclLibrary(nint library)
    {
        nint Export(string name) => NativeLibrary.GetExport(library, name);
        _getUniqueId = (delegate* unmanaged<UniqueId*, int>)Export("ncclGetUniqueId");
        _commInitRank = (delegate* unmanaged<nint*, int, UniqueId, int, int>)Export("ncclCommInitRank");
        _allReduce = (delegate* unmanaged<void*, void*, nuint, int, int, nint, nint, int>)Export("ncclAllReduce");
        _broadcast = (delegate* unmanaged<void*, void*, nuint, int, int, nint, nint, int>)Export("ncclBroadcast");
        _groupStart = (delegate* unmanaged<int>)Export("ncclGroupStart");
        _groupEnd = (delegate* unmanaged<int>)Export("ncclGroupEnd");
        _commDestroy = (delegate* unmanaged<nint, int>)Export("ncclCommDestroy");
        _commAbort = (delegate* unmanaged<nint, int>)Export("ncclCommAbort");
        _getErrorString = (delegate* unmanaged<int, nint>)Export("ncclGetErrorString");
    }

    /// <summary>The library; null where there is none.</summary>
    public static NcclLibrary? Instance => Found.Value;

    public UniqueId NewId()
    {
        UniqueId id;
        Check(_getUniqueId(&id), "ncclGetUniqueId");
        return id;
    }

    /// <summary>Joins a communicator with the current device of this thread; returns when all have.</summary>
    public nint Join(UniqueId id, int rank, int size)
    {
        nint communicator;
        Check(_commInitRank(&communicator, size, id, rank), "ncclCommInitRank");
        return communicator;
    }

    /// <summary>Queues a sum on a stream; 0 is the default one, on which torch computes too.</summary>
    public void AllReduceSum(void* values, long count, int type, nint communicator, nint stream = 0)
        => Check(_allReduce(values, values, (nuint)count, type, SumOperator, communicator, stream), "ncclAllReduce");

    /// <summary>Makes one launch of what is queued in between.</summary>
    public void Together(Action queue)
    {
        Check(_groupStart(), "ncclGroupStart");
        try
        {
            queue();
        }
        finally
        {
            Check(_groupEnd(), "ncclGroupEnd");
        }
    }

    /// <summary>Queues a copy from the first process on the default stream.</summary>
    public void Broadcast(void* values, long count, int type, nint communicator)
        => Check(_broadcast(values, values, (nuint)count, type, 0, communicator, 0), "ncclBroadcast");

    public void Destroy(nint communicator) => _ = _commDestroy(communicator);

    /// <summary>Ends what the device waits for, so that the process can end.</summary>
    public void Abort(nint communicator) => _ = _commAbort(communicator);

    private static NcclLibrary? Find()
    {
        var loaded = LoadedLibraries.Paths().FirstOrDefault(p => Path.GetFileName(p).StartsWith("libnccl.so", StringComparison.Ordinal));
        var library = loaded is not null && NativeLibrary.TryLoad(loaded, out var found) ? found : NativeLibraries.Load("libnccl.so*", ["libnccl.so.2", "libnccl.so"], out _);
        try
        {
            return library == 0 ? null : new NcclLibrary(library);
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    private void Check(int result, string call)
    {
        if (result != 0) throw new CollectiveException($"{call}: {Marshal.PtrToStringUTF8(_getErrorString(result))}; NCCL_DEBUG=INFO says more");
    }
}
