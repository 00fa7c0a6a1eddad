using System.Collections.Concurrent;
using System.Diagnostics;

namespace SsdForecast.Torch.Cuda;

/// <summary>A kernel on a device, ready to be launched.</summary>
internal sealed unsafe class Kernel
{
    private static readonly ConcurrentDictionary<(int Device, string? Function, string Variant), Lazy<Kernel>> Loaded = new();

    private readonly int _device;
    private readonly nint _function;
    private readonly int _threads;
    private readonly int _sharedMemory;

    private Kernel(int device, nint function, int threads, int sharedMemory)
        => (_device, _function, _threads, _sharedMemory) = (device, function, threads, sharedMemory);

    /// <summary>A variant of a kernel, compiled and loaded at its first use in this process.</summary>
    /// <param name="device">Number of the device.</param>
    /// <param name="variant">Which file, with which macros.</param>
    /// <param name="function">Its name; the file's where null. The file tells threads and shared memory of a block in the constants <c>FILE_launch</c>; other functions take 256 threads and none.</param>
    /// <exception cref="CudaException">It does not compile or does not load.</exception>
    public static Kernel Get(int device, KernelVariant variant, string? function = null)
        => Loaded.TryGetValue((device, function, variant.Name), out var loaded) ? loaded.Value
            : Loaded.GetOrAdd((device, function, variant.Name), _ => new Lazy<Kernel>(() => Timed(device, variant, function))).Value;

    /// <summary>Queues it on stream 0.</summary>
    /// <param name="grid">Blocks.</param>
    /// <param name="operands">Its argument.</param>
    public void Launch<T>((int X, int Y, int Z) grid, T operands)
        where T : unmanaged => Driver.Launch(_device, _function, grid, _threads, _sharedMemory, &operands);

    private static Kernel Timed(int device, KernelVariant variant, string? function)
    {
        var (clock, compiling) = (Stopwatch.StartNew(), KernelUse.SoFar.Compiling);
        var kernel = Load(device, variant, function);
        // Another thread may have been compiling meanwhile.
        var loading = clock.Elapsed - (KernelUse.SoFar.Compiling - compiling);
        KernelUse.AddLoaded(loading > TimeSpan.Zero ? loading : TimeSpan.Zero);
        return kernel;
    }

    private static Kernel Load(int device, KernelVariant variant, string? function)
    {
        var source = KernelSource.Of(variant.File);
        var architecture = Driver.Devices[device].Architecture;
        nint module;
        try
        {
            module = Driver.LoadModule(device, CompiledKernels.OfUser.Get(source, variant.Macros, architecture));
        }
        catch (CudaException e) when (e.Message.StartsWith("cuModuleLoadData", StringComparison.Ordinal))
        {
            // A file that a full disk or another driver spoilt.
            module = Driver.LoadModule(device, CompiledKernels.OfUser.Renew(source, variant.Macros, architecture));
        }
        if (function is not null) return new Kernel(device, Driver.Function(device, module, function, 0), 256, 0);
        var launch = Driver.Constants(device, module, variant.File + "_launch");
        return new Kernel(device, Driver.Function(device, module, variant.File, launch[1]), launch[0], launch[1]);
    }
}
