using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using SsdForecast.Runtime.Kernels;

namespace SsdForecast.Torch.Host;

/// <summary>
/// Runs the CPU kernels on the OpenMP threads that torch's own operators run on. After each operator those spin for some milliseconds in wait of the
/// next; a kernel on threads of its own would share its cores with them, and start later.
/// </summary>
internal sealed unsafe class OpenMpTeam : ThreadTeam
{
    /// <summary>Names that an OpenMP runtime's file begins with: GNU's, also under the hashed name inside a Python wheel, LLVM's and Intel's.</summary>
    private static readonly string[] Libraries = ["libgomp", "libomp", "libiomp5"];

    /// <summary><c>GOMP_parallel(function, argument, threads, flags)</c>, which all three runtimes export.</summary>
    private readonly delegate* unmanaged<delegate* unmanaged<nint, void>, nint, uint, uint, void> _parallel;

    private OpenMpTeam(nint parallel) => _parallel = (delegate* unmanaged<delegate* unmanaged<nint, void>, nint, uint, uint, void>)parallel;

    /// <summary>The team of the OpenMP runtime that is loaded in this process; null where there is none or more than one.</summary>
    public static OpenMpTeam? Find()
    {
        if (!OperatingSystem.IsLinux()) return null;
        try
        {
            var loaded = File.ReadLines("/proc/self/maps")
                .Select(line => line.IndexOf('/', StringComparison.Ordinal) is var at and >= 0 ? line[at..] : "")
                .Where(path => Libraries.Any(name => Path.GetFileName(path).StartsWith(name, StringComparison.Ordinal)))
                .Distinct()
                .ToList();
            return loaded.Count == 1 && NativeLibrary.TryLoad(loaded[0], out var library) && NativeLibrary.TryGetExport(library, "GOMP_parallel", out var parallel)
                ? new OpenMpTeam(parallel)
                : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public override void Run(int threads, Action work)
    {
        var job = new Job(work);
        var handle = GCHandle.Alloc(job);
        try
        {
            _parallel(&Enter, GCHandle.ToIntPtr(handle), (uint)threads, 0);
        }
        finally
        {
            handle.Free();
        }
        job.Failure?.Throw();
    }

    [UnmanagedCallersOnly]
    private static void Enter(nint handle)
    {
        var job = (Job)GCHandle.FromIntPtr(handle).Target!;
        try
        {
            job.Work();
        }
        catch (Exception e)
        {
            // An exception must not cross native frames; the caller throws it.
            job.Failure = ExceptionDispatchInfo.Capture(e);
        }
    }

    private sealed class Job(Action work)
    {
        public Action Work { get; } = work;

        public volatile ExceptionDispatchInfo? Failure;
    }
}
