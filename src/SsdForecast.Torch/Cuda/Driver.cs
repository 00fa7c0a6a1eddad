using System.Runtime.InteropServices;
using System.Text;

namespace SsdForecast.Torch.Cuda;

/// <summary>
/// The CUDA driver, by P/Invoke on <c>libcuda.so.1</c>: no toolkit and no native project. It works in the primary contexts of the devices, which are
/// torch's own, and launches on stream 0, torch's default stream: TorchSharp has no public way to learn of another, so these kernels are not for a stream
/// that was made current by other means.
/// </summary>
public static unsafe class Driver
{
    /// <summary>The oldest architecture that the kernels are written for (Ampere): asynchronous copies and bfloat16 products.</summary>
    public const int OldestArchitecture = 80;

    private static readonly Lazy<State> Found = new(Find);

    /// <summary>Whether a device is here that the kernels run on.</summary>
    public static bool IsAvailable => Found.Value.WhyNot is null;

    /// <summary>Why <see cref="IsAvailable"/> is false, one line; null where it is true.</summary>
    public static string? WhyNot => Found.Value.WhyNot;

    /// <summary>The devices, as torch counts them; empty without a driver.</summary>
    public static IReadOnlyList<DeviceProperties> Devices => Found.Value.Devices;

    internal static nint LoadModule(int device, ReadOnlySpan<byte> image)
    {
        using var _ = Enter(device);
        nint module;
        fixed (byte* start = image) Check(Found.Value.Api.ModuleLoadData(&module, start), "cuModuleLoadData");
        return module;
    }

    /// <summary>A kernel of a module; <paramref name="sharedMemory"/> is what its blocks will ask for.</summary>
    internal static nint Function(int device, nint module, string name, int sharedMemory)
    {
        using var _ = Enter(device);
        nint function;
        fixed (byte* text = Utf8(name)) Check(Found.Value.Api.ModuleGetFunction(&function, module, text), $"cuModuleGetFunction({name})");
        if (sharedMemory > 48 * 1024) Check(Found.Value.Api.FuncSetAttribute(function, MaxDynamicSharedMemory, sharedMemory), $"cuFuncSetAttribute({name}, {sharedMemory} bytes of shared memory)");
        return function;
    }

    /// <summary>The constants of a module under a name.</summary>
    internal static int[] Constants(int device, nint module, string name)
    {
        using var _ = Enter(device);
        ulong address;
        nuint bytes;
        fixed (byte* text = Utf8(name)) Check(Found.Value.Api.ModuleGetGlobal(&address, &bytes, module, text), $"cuModuleGetGlobal({name})");
        var values = new int[(int)bytes / sizeof(int)];
        fixed (int* to = values) Check(Found.Value.Api.MemcpyDtoH(to, address, bytes), "cuMemcpyDtoH");
        return values;
    }

    /// <summary>Queues a kernel on stream 0; <paramref name="argument"/> is its one argument.</summary>
    internal static void Launch(int device, nint function, (int X, int Y, int Z) grid, int threads, int sharedMemory, void* argument)
    {
        using var _ = Enter(device);
        var arguments = stackalloc void*[1];
        arguments[0] = argument;
        Check(Found.Value.Api.LaunchKernel(function, (uint)grid.X, (uint)grid.Y, (uint)grid.Z, (uint)threads, 1, 1, (uint)sharedMemory, 0, arguments, null), "cuLaunchKernel");
    }

    /// <summary>A stream that does not wait for stream 0, of the highest priority.</summary>
    internal static nint CreateStream(int device)
    {
        using var _ = Enter(device);
        nint stream;
        // The driver takes the highest priority it has for a number below it.
        Check(Found.Value.Api.StreamCreate(&stream, NonBlocking, int.MinValue), "cuStreamCreateWithPriority");
        return stream;
    }

    internal static nint CreateEvent(int device)
    {
        using var _ = Enter(device);
        nint created;
        Check(Found.Value.Api.EventCreate(&created, DisableTiming), "cuEventCreate");
        return created;
    }

    /// <summary>Lets an event stand for all that is on a stream by now.</summary>
    internal static void Record(int device, nint mark, nint stream)
    {
        using var _ = Enter(device);
        Check(Found.Value.Api.EventRecord(mark, stream), "cuEventRecord");
    }

    /// <summary>What is queued on a stream from now on waits for an event.</summary>
    internal static void Wait(int device, nint stream, nint mark)
    {
        using var _ = Enter(device);
        Check(Found.Value.Api.StreamWaitEvent(stream, mark, 0), "cuStreamWaitEvent");
    }

    /// <summary>Whether an event has come, or will never come because the device failed.</summary>
    internal static bool IsDone(int device, nint mark)
    {
        using var _ = Enter(device);
        return Found.Value.Api.EventQuery(mark) != NotReady;
    }

    /// <summary>Frees a stream and events; what is queued still runs. Does not throw: the device may have failed.</summary>
    internal static void DestroyStream(int device, nint stream, params ReadOnlySpan<nint> marks)
    {
        using var _ = Enter(device);
        foreach (var mark in marks) Found.Value.Api.EventDestroy(mark);
        Found.Value.Api.StreamDestroy(stream);
    }

    private const int MaxDynamicSharedMemory = 8;
    private const uint NonBlocking = 1;
    private const uint DisableTiming = 2;
    private const int NotReady = 600;

    private static byte[] Utf8(string text) => [.. Encoding.UTF8.GetBytes(text), 0];

    private static void Check(int result, string call)
    {
        if (result == 0) return;
        byte* name = null;
        byte* text = null;
        Found.Value.Api.GetErrorName(result, &name);
        Found.Value.Api.GetErrorString(result, &text);
        throw new CudaException($"{call} failed: {Marshal.PtrToStringUTF8((nint)name) ?? $"error {result}"}, {Marshal.PtrToStringUTF8((nint)text) ?? "unknown"}");
    }

    /// <summary>Makes a device's context current until disposed of; usually it is, since torch runs there.</summary>
    internal static Entered Enter(int device)
    {
        var state = Found.Value;
        if (state.WhyNot is { } reason) throw new CudaException(reason);
        nint before;
        Check(state.Api.CtxGetCurrent(&before), "cuCtxGetCurrent");
        var wanted = state.Contexts[device].Value;
        if (before != wanted) Check(state.Api.CtxSetCurrent(wanted), "cuCtxSetCurrent");
        return new Entered(before, wanted);
    }

    internal readonly ref struct Entered(nint before, nint current)
    {
        public void Dispose()
        {
            if (before != current && before != 0) _ = Found.Value.Api.CtxSetCurrent(before);
        }
    }

    private static State Find()
    {
        if (!OperatingSystem.IsLinux()) return State.Without("the CUDA kernels are for Linux");
        if (!NativeLibrary.TryLoad("libcuda.so.1", out var library)) return State.Without("no CUDA driver is here (libcuda.so.1)");
        try
        {
            var api = new Api(library);
            var error = api.Init(0);
            if (error != 0) return State.Without($"the CUDA driver does not start (cuInit gives {error})");
            int count;
            if (api.DeviceGetCount(&count) != 0 || count == 0) return State.Without("the CUDA driver sees no device");
            var devices = Enumerable.Range(0, count).Select(i => Describe(api, i)).ToArray();
            var contexts = devices.Select(d => new Lazy<nint>(() => Context(api, d.Index))).ToArray();
            var best = devices.MaxBy(d => d.Architecture)!;
            var reason = best.Architecture < OldestArchitecture
                ? $"{best.Name} is of compute capability {best.Architecture / 10}.{best.Architecture % 10}; the kernels need 8.0 (Ampere) or later"
                : null;
            return new State(reason, api, devices, contexts);
        }
        catch (CudaException e)
        {
            return State.Without(e.Message);
        }
    }

    private static DeviceProperties Describe(Api api, int index)
    {
        int Attribute(int attribute)
        {
            int value;
            return api.DeviceGetAttribute(&value, attribute, index) == 0 ? value : 0;
        }
        var name = stackalloc byte[256];
        _ = api.DeviceGetName(name, 256, index);
        // Numbers of CUdevice_attribute in cuda.h.
        return new DeviceProperties(index, Marshal.PtrToStringUTF8((nint)name) ?? "unknown", (10 * Attribute(75)) + Attribute(76), Attribute(16), Attribute(81), Attribute(97));
    }

    private static nint Context(Api api, int device)
    {
        nint context;
        var result = api.DevicePrimaryCtxRetain(&context, device);
        return result == 0 ? context : throw new CudaException($"cuDevicePrimaryCtxRetain({device}) failed: error {result}");
    }

    private sealed record State(string? WhyNot, Api Api, IReadOnlyList<DeviceProperties> Devices, IReadOnlyList<Lazy<nint>> Contexts)
    {
        public static State Without(string reason) => new(reason, null!, [], []);
    }

    /// <summary>The functions, by the names under which the library exports them.</summary>
    private sealed class Api(nint library)
    {
        public readonly delegate* unmanaged<uint, int> Init = (delegate* unmanaged<uint, int>)NativeLibraries.Function(library, "cuInit");
        public readonly delegate* unmanaged<int*, int> DeviceGetCount = (delegate* unmanaged<int*, int>)NativeLibraries.Function(library, "cuDeviceGetCount");
        public readonly delegate* unmanaged<int*, int, int, int> DeviceGetAttribute = (delegate* unmanaged<int*, int, int, int>)NativeLibraries.Function(library, "cuDeviceGetAttribute");
        public readonly delegate* unmanaged<byte*, int, int, int> DeviceGetName = (delegate* unmanaged<byte*, int, int, int>)NativeLibraries.Function(library, "cuDeviceGetName");
        public readonly delegate* unmanaged<nint*, int, int> DevicePrimaryCtxRetain = (delegate* unmanaged<nint*, int, int>)NativeLibraries.Function(library, "cuDevicePrimaryCtxRetain");
        public readonly delegate* unmanaged<nint*, int> CtxGetCurrent = (delegate* unmanaged<nint*, int>)NativeLibraries.Function(library, "cuCtxGetCurrent");
        public readonly delegate* unmanaged<nint, int> CtxSetCurrent = (delegate* unmanaged<nint, int>)NativeLibraries.Function(library, "cuCtxSetCurrent");
        public readonly delegate* unmanaged<nint*, void*, int> ModuleLoadData = (delegate* unmanaged<nint*, void*, int>)NativeLibraries.Function(library, "cuModuleLoadData");
        public readonly delegate* unmanaged<nint*, nint, byte*, int> ModuleGetFunction = (delegate* unmanaged<nint*, nint, byte*, int>)NativeLibraries.Function(library, "cuModuleGetFunction");
        public readonly delegate* unmanaged<ulong*, nuint*, nint, byte*, int> ModuleGetGlobal = (delegate* unmanaged<ulong*, nuint*, nint, byte*, int>)NativeLibraries.Function(library, "cuModuleGetGlobal_v2");
        public readonly delegate* unmanaged<void*, ulong, nuint, int> MemcpyDtoH = (delegate* unmanaged<void*, ulong, nuint, int>)NativeLibraries.Function(library, "cuMemcpyDtoH_v2");
        public readonly delegate* unmanaged<nint, int, int, int> FuncSetAttribute = (delegate* unmanaged<nint, int, int, int>)NativeLibraries.Function(library, "cuFuncSetAttribute");
        public readonly delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> LaunchKernel = (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)NativeLibraries.Function(library, "cuLaunchKernel");
        public readonly delegate* unmanaged<nint*, uint, int, int> StreamCreate = (delegate* unmanaged<nint*, uint, int, int>)NativeLibraries.Function(library, "cuStreamCreateWithPriority");
        public readonly delegate* unmanaged<nint, int> StreamDestroy = (delegate* unmanaged<nint, int>)NativeLibraries.Function(library, "cuStreamDestroy_v2");
        public readonly delegate* unmanaged<nint, nint, uint, int> StreamWaitEvent = (delegate* unmanaged<nint, nint, uint, int>)NativeLibraries.Function(library, "cuStreamWaitEvent");
        public readonly delegate* unmanaged<nint*, uint, int> EventCreate = (delegate* unmanaged<nint*, uint, int>)NativeLibraries.Function(library, "cuEventCreate");
        public readonly delegate* unmanaged<nint, nint, int> EventRecord = (delegate* unmanaged<nint, nint, int>)NativeLibraries.Function(library, "cuEventRecord");
        public readonly delegate* unmanaged<nint, int> EventQuery = (delegate* unmanaged<nint, int>)NativeLibraries.Function(library, "cuEventQuery");
        public readonly delegate* unmanaged<nint, int> EventDestroy = (delegate* unmanaged<nint, int>)NativeLibraries.Function(library, "cuEventDestroy_v2");
        public readonly delegate* unmanaged<int, byte**, int> GetErrorName = (delegate* unmanaged<int, byte**, int>)NativeLibraries.Function(library, "cuGetErrorName");
        public readonly delegate* unmanaged<int, byte**, int> GetErrorString = (delegate* unmanaged<int, byte**, int>)NativeLibraries.Function(library, "cuGetErrorString");
    }
}
