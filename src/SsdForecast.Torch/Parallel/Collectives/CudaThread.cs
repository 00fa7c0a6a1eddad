using System.Runtime.InteropServices;
using SsdForecast.Torch.Cuda;

namespace SsdForecast.Torch.Parallel.Collectives;

/// <summary>Which GPU a thread uses where nothing else is said, by the CUDA runtime that libtorch has loaded: TorchSharp has no call for it.</summary>
internal static unsafe class CudaThread
{
    /// <summary>Makes a GPU the current one of this thread.</summary>
    /// <exception cref="CollectiveException">There is no CUDA runtime, or it refuses.</exception>
    public static void Use(int device)
    {
        var names = LoadedLibraries.Paths().Where(p => Path.GetFileName(p).StartsWith("libcudart", StringComparison.Ordinal)).Concat(["libcudart.so.13", "libcudart.so.12", "libcudart.so"]);
        foreach (var name in names)
        {
            if (!NativeLibrary.TryLoad(name, out var library) || !NativeLibrary.TryGetExport(library, "cudaSetDevice", out var set)) continue;
            var result = ((delegate* unmanaged<int, int>)set)(device);
            if (result == 0) return;
            throw new CollectiveException($"cudaSetDevice({device}) failed with {result}");
        }
        throw new CollectiveException("the CUDA runtime (libcudart) is not found beside libtorch");
    }
}
