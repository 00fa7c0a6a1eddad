using System.Runtime.InteropServices;
using System.Text;

namespace SsdForecast.Torch.Cuda;

/// <summary>
/// NVRTC, the compiler of CUDA C++ that comes with every libtorch for CUDA, by P/Invoke: versions 11.2 and later (Debian has 11.8). It needs no GPU, and the
/// kernels need no CUDA headers.
/// </summary>
public static unsafe class KernelCompiler
{
    private static readonly string[] Names = ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2", "libnvrtc.so"];

    private static readonly Lazy<Api?> Found = new(Find);

    private static readonly Lock Gate = new();

    /// <summary>Whether a compiler is here.</summary>
    public static bool IsAvailable => Found.Value is not null;

    /// <summary>Where the compiler was found, and its version; null where there is none.</summary>
    public static string? Description => Found.Value is { } api ? $"NVRTC {api.Version} at {api.Path}" : null;

    /// <summary>Version such as <c>13.0</c>; null without a compiler.</summary>
    public static string? Version => Found.Value?.Version;

    /// <summary>Whether kernels with products by warpgroups (<c>wgmma</c>) compile for a device: of compute capability 9.0, with NVRTC 12 or later.</summary>
    /// <param name="architecture">Compute capability of the device, such as 90.</param>
    internal static bool HasWarpgroupProducts(int architecture) => architecture == 90 && Found.Value is { Major: >= 12 };

    /// <summary>Compiles a kernel file for an architecture.</summary>
    /// <param name="source">The file and what it includes.</param>
    /// <param name="macros">Macros by name.</param>
    /// <param name="architecture">Compute capability of the device, such as 80 or 90.</param>
    /// <returns>Machine code, or for a device newer than the compiler PTX, which the driver translates.</returns>
    /// <exception cref="CudaException">There is no compiler, or it refused; the message holds its log.</exception>
    internal static byte[] Compile(KernelSource source, IReadOnlyDictionary<string, int> macros, int architecture)
    {
        var api = Found.Value ?? throw new CudaException("no NVRTC is here (libnvrtc.so.13, .12 or .11.2); it comes with PyTorch, with TorchSharp's CUDA packages and on Debian with libnvrtc11.2 (non-free)");
        var (target, isMachineCode) = source.HasWarpgroupProducts ? Specific(api, source, architecture) : Target(api, architecture);
        List<string> options = [$"--gpu-architecture={target}", "--std=c++17", "-default-device", .. macros.Select(m => $"-D{m.Key}={m.Value}")];
        // One at a time: not every version promises more.
        lock (Gate) return Compile(api, source, options, isMachineCode);
    }

    private static byte[] Compile(Api api, KernelSource source, List<string> options, bool isMachineCode)
    {
        using var text = new Strings([source.Text]);
        using var name = new Strings([source.Name]);
        using var headers = new Strings([.. source.Headers.Select(h => h.Text)]);
        using var headerNames = new Strings([.. source.Headers.Select(h => h.Name)]);
        using var arguments = new Strings(options);
        nint program;
        Check(api, api.CreateProgram(&program, text.First, name.First, source.Headers.Count, headers.All, headerNames.All), "nvrtcCreateProgram");
        try
        {
            var result = api.CompileProgram(program, options.Count, arguments.All);
            if (result != 0) throw new CudaException($"{source.Name} does not compile with {string.Join(' ', options)} ({ErrorText(api, result)}):{Environment.NewLine}{Log(api, program)}");
            nuint size;
            Check(api, isMachineCode ? api.GetCubinSize(program, &size) : api.GetPtxSize(program, &size), "nvrtcGetCUBINSize");
            var image = new byte[(int)size];
            fixed (byte* to = image) Check(api, isMachineCode ? api.GetCubin(program, to) : api.GetPtx(program, to), "nvrtcGetCUBIN");
            return image;
        }
        finally
        {
            _ = api.DestroyProgram(&program);
        }
    }

    /// <summary>What to compile for: the device itself, an older one of its family, or an older one's PTX.</summary>
    private static (string Target, bool IsMachineCode) Target(Api api, int architecture)
    {
        int count;
        Check(api, api.GetNumSupportedArchs(&count), "nvrtcGetNumSupportedArchs");
        var supported = new int[count];
        fixed (int* to = supported) Check(api, api.GetSupportedArchs(to), "nvrtcGetSupportedArchs");
        var usable = supported.Where(a => a <= architecture && a >= Driver.OldestArchitecture).DefaultIfEmpty(0).Max();
        if (usable == 0) throw new CudaException($"NVRTC {api.Version} compiles for none of the architectures up to {architecture} that the kernels are for ({Driver.OldestArchitecture} and later); a newer one does");
        return usable / 10 == architecture / 10 ? ($"sm_{usable}", true) : ($"compute_{usable}", false);
    }

    /// <summary>What is of one architecture alone runs on no other, older or newer.</summary>
    private static (string Target, bool IsMachineCode) Specific(Api api, KernelSource source, int architecture)
        => HasWarpgroupProducts(architecture) ? ($"sm_{architecture}a", true)
            : throw new CudaException($"{source.Name} is for compute capability 9.0 and NVRTC 12 or later; here are {architecture / 10}.{architecture % 10} and NVRTC {api.Version}");

    private static string Log(Api api, nint program)
    {
        nuint size;
        if (api.GetProgramLogSize(program, &size) != 0) return "";
        var log = new byte[(int)size];
        fixed (byte* to = log) _ = api.GetProgramLog(program, to);
        return Encoding.UTF8.GetString(log).TrimEnd('\0', '\n');
    }

    private static void Check(Api api, int result, string call)
    {
        if (result != 0) throw new CudaException($"{call} failed: {ErrorText(api, result)}");
    }

    private static string ErrorText(Api api, int result) => Marshal.PtrToStringUTF8((nint)api.GetErrorString(result)) ?? $"error {result}";

    private static Api? Find()
    {
        var library = NativeLibraries.Load("libnvrtc*.so*", Names, out var path);
        return library == 0 ? null : new Api(library, path!);
    }

    /// <summary>Zero-terminated UTF-8 strings in native memory.</summary>
    private sealed class Strings : IDisposable
    {
        private readonly nint[] _pointers;
        private readonly nint _array;

        public Strings(IReadOnlyList<string> values)
        {
            _pointers = [.. values.Select(Marshal.StringToCoTaskMemUTF8)];
            _array = Marshal.AllocHGlobal(Math.Max(1, values.Count) * sizeof(nint));
            for (var i = 0; i < _pointers.Length; i++) ((nint*)_array)[i] = _pointers[i];
        }

        public byte* First => (byte*)_pointers[0];

        public byte** All => (byte**)_array;

        public void Dispose()
        {
            foreach (var pointer in _pointers) Marshal.FreeCoTaskMem(pointer);
            Marshal.FreeHGlobal(_array);
        }
    }

    private sealed class Api
    {
        public readonly delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int> CreateProgram;
        public readonly delegate* unmanaged<nint, int, byte**, int> CompileProgram;
        public readonly delegate* unmanaged<nint*, int> DestroyProgram;
        public readonly delegate* unmanaged<nint, nuint*, int> GetCubinSize;
        public readonly delegate* unmanaged<nint, byte*, int> GetCubin;
        public readonly delegate* unmanaged<nint, nuint*, int> GetPtxSize;
        public readonly delegate* unmanaged<nint, byte*, int> GetPtx;
        public readonly delegate* unmanaged<nint, nuint*, int> GetProgramLogSize;
        public readonly delegate* unmanaged<nint, byte*, int> GetProgramLog;
        public readonly delegate* unmanaged<int*, int> GetNumSupportedArchs;
        public readonly delegate* unmanaged<int*, int> GetSupportedArchs;
        public readonly delegate* unmanaged<int, byte*> GetErrorString;

        public Api(nint library, string path)
        {
            nint F(string name) => NativeLibraries.Function(library, name);
            CreateProgram = (delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int>)F("nvrtcCreateProgram");
            CompileProgram = (delegate* unmanaged<nint, int, byte**, int>)F("nvrtcCompileProgram");
            DestroyProgram = (delegate* unmanaged<nint*, int>)F("nvrtcDestroyProgram");
            GetCubinSize = (delegate* unmanaged<nint, nuint*, int>)F("nvrtcGetCUBINSize");
            GetCubin = (delegate* unmanaged<nint, byte*, int>)F("nvrtcGetCUBIN");
            GetPtxSize = (delegate* unmanaged<nint, nuint*, int>)F("nvrtcGetPTXSize");
            GetPtx = (delegate* unmanaged<nint, byte*, int>)F("nvrtcGetPTX");
            GetProgramLogSize = (delegate* unmanaged<nint, nuint*, int>)F("nvrtcGetProgramLogSize");
            GetProgramLog = (delegate* unmanaged<nint, byte*, int>)F("nvrtcGetProgramLog");
            GetNumSupportedArchs = (delegate* unmanaged<int*, int>)F("nvrtcGetNumSupportedArchs");
            GetSupportedArchs = (delegate* unmanaged<int*, int>)F("nvrtcGetSupportedArchs");
            GetErrorString = (delegate* unmanaged<int, byte*>)F("nvrtcGetErrorString");
            int major, minor;
            var version = (delegate* unmanaged<int*, int*, int>)F("nvrtcVersion");
            var known = version(&major, &minor) == 0;
            (Version, Major) = known ? (FormattableString.Invariant($"{major}.{minor}"), major) : ("unknown", 0);
            Path = path;
        }

        public string Version { get; }

        public int Major { get; }

        public string Path { get; }
    }
}
