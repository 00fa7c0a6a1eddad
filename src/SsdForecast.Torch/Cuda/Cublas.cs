using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Cuda;

/// <summary>
/// NVIDIA's matrix products by the C interface of cuBLAS: the library that libtorch has loaded already, called with the same arguments. By way of libtorch a small product takes
/// the host 25 to 57 µs (docs/results/gpu.md), often longer than the GPU. Values of the enumerations from <c>cublas_api.h</c> and <c>library_types.h</c>, the same since version 11.
/// </summary>
internal static unsafe class Cublas
{
    private const int AsItIs = 0;
    private const int Transposed = 1;
    private const int Compute32F = 68;
    private const int ComputeTf32 = 77;
    private const int DefaultAlgorithm = -1;

    private static readonly Lazy<Api?> Found = new(Find);

    // A handle serves one product at a time, on any thread. There are as many as products that are queued at once, and they live as long as the process.
    private static readonly ConcurrentDictionary<int, ConcurrentStack<nint>> Idle = new();

    /// <summary>Whether the library is there.</summary>
    public static bool IsAvailable => Found.Value is not null;

    /// <summary>Queues <c>to = left · right + keep · to</c> on stream 0, of matrices that lie row by row, each of which may be read transposed.</summary>
    /// <param name="left"><c>(m, k)</c>, or <c>(k, m)</c> to be transposed: bfloat16, float16 or float32, dense.</param>
    /// <param name="leftTransposed">Whether.</param>
    /// <param name="right"><c>(k, n)</c>, or <c>(n, k)</c> to be transposed, of the same dtype.</param>
    /// <param name="rightTransposed">Whether.</param>
    /// <param name="to"><c>(m, n)</c>, of the same dtype.</param>
    /// <param name="sizes">m, n, k.</param>
    /// <param name="keep">0, or 1 to add to what is there.</param>
    /// <exception cref="CudaException">cuBLAS refuses.</exception>
    public static void Multiply(Tensor left, bool leftTransposed, Tensor right, bool rightTransposed, Tensor to, (long M, long N, long K) sizes, float keep = 0)
    {
        var api = Found.Value ?? throw new CudaException("cuBLAS is not found beside libtorch");
        var (m, n, k) = (checked((int)sizes.M), checked((int)sizes.N), checked((int)sizes.K));
        var device = Math.Max(0, to.device.index);
        var (type, compute) = to.dtype switch
        {
            ScalarType.BFloat16 => (14, Compute32F),
            ScalarType.Float16 => (2, Compute32F),
            ScalarType.Float32 => (0, backends.cuda.matmul.allow_tf32 ? ComputeTf32 : Compute32F),
            var other => throw new ArgumentException($"no products of {other}", nameof(to)),
        };
        using var _ = Driver.Enter(device);
        var idle = Idle.GetOrAdd(device, d => new ConcurrentStack<nint>());
        if (!idle.TryPop(out var handle)) Check(api.Create(&handle), "cublasCreate");
        try
        {
            // cuBLAS reads column by column, and so takes every matrix for its transpose: to' = right' left'.
            var one = 1f;
            Check(
                api.Gemm(
                    handle, rightTransposed ? Transposed : AsItIs, leftTransposed ? Transposed : AsItIs, n, m, k,
                    &one, (void*)DeviceMemory.Address(right), type, rightTransposed ? k : n, (void*)DeviceMemory.Address(left), type, leftTransposed ? m : k,
                    &keep, (void*)DeviceMemory.Address(to), type, n, compute, DefaultAlgorithm),
                "cublasGemmEx");
        }
        finally
        {
            idle.Push(handle);
        }
        GC.KeepAlive((left, right, to));
    }

    private static void Check(int status, string call)
    {
        if (status != 0) throw new CudaException($"{call} failed: status {status} of cuBLAS");
    }

    private static Api? Find()
    {
        if (!OperatingSystem.IsLinux()) return null;
        var loaded = LoadedLibraries.Paths().FirstOrDefault(p => Path.GetFileName(p).StartsWith("libcublas.so", StringComparison.Ordinal));
        var library = loaded is not null && NativeLibrary.TryLoad(loaded, out var found) ? found : NativeLibraries.Load("libcublas.so*", ["libcublas.so.13", "libcublas.so.12", "libcublas.so.11"], out _);
        return library != 0 && NativeLibrary.TryGetExport(library, "cublasGemmEx", out _) ? new Api(library) : null;
    }

    private sealed class Api(nint library)
    {
        public readonly delegate* unmanaged<nint*, int> Create = (delegate* unmanaged<nint*, int>)NativeLibrary.GetExport(library, "cublasCreate_v2");
        public readonly delegate* unmanaged<nint, int, int, int, int, int, void*, void*, int, int, void*, int, int, void*, void*, int, int, int, int, int> Gemm =
            (delegate* unmanaged<nint, int, int, int, int, int, void*, void*, int, int, void*, int, int, void*, void*, int, int, int, int, int>)NativeLibrary.GetExport(library, "cublasGemmEx");
    }
}
