using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace TorchSharp.Interop;

/// <summary>
/// Finds the built bridge: beside the program, then at <c>$SSDF_NATIVE</c> (the file or its folder), then in the user's cache,
/// where native/build.sh writes it under a hash of the bridge's source and of the libtorch it was built against.
/// </summary>
internal static class BridgeLocator
{
    internal const string LibraryName = "ssdf_torch";
    private const string FileName = "libssdf_torch.so";
    private const string SourcePrefix = "native/";

    internal static void Register() => NativeLibrary.SetDllImportResolver(typeof(BridgeLocator).Assembly, Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != LibraryName) return 0;
        foreach (string candidate in Candidates())
        {
            if (!File.Exists(candidate)) continue;
            nint library = NativeLibrary.Load(candidate);
            UseAllCores(library);
            return library;
        }
        throw new DllNotFoundException(
            $"The bridge to libtorch is not built (looked for {string.Join(", ", Candidates())}). " +
            "Run ./ssdf doctor, or src/TorchSharp.Subset/native/build.sh with LIBTORCH set as it is for this program.");
    }

    /// <summary>A distribution's libtorch starts with one thread.</summary>
    private static unsafe void UseAllCores(nint library)
    {
        var setThreads = (delegate* unmanaged<int, void>)NativeLibrary.GetExport(library, nameof(NativeMethods.ssdf_set_threads));
        setThreads(Environment.ProcessorCount);
    }

    private static IEnumerable<string> Candidates()
    {
        yield return Path.Combine(AppContext.BaseDirectory, FileName);
        string? given = Environment.GetEnvironmentVariable("SSDF_NATIVE");
        if (!string.IsNullOrEmpty(given)) yield return Directory.Exists(given) ? Path.Combine(given, FileName) : given;
        yield return CachePath();
    }

    /// <summary>The path that native/build.sh prints for <c>--where</c>; the two must agree, and a test compares them.</summary>
    internal static string CachePath()
    {
        string folder = LibtorchFolder();
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Assembly assembly = typeof(BridgeLocator).Assembly;
        foreach (string name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(SourcePrefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name[SourcePrefix.Length..] + "\n"));
            using Stream source = assembly.GetManifestResourceStream(name)!;
            using var memory = new MemoryStream();
            source.CopyTo(memory);
            hash.AppendData(memory.ToArray());
        }
        hash.AppendData(Encoding.UTF8.GetBytes(folder + "\n"));
        var library = new FileInfo(Path.Combine(folder, "libtorch_cpu.so"));
        if (library.Exists)
        {
            long length = library.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target.Length : library.Length;
            hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{length}\n")));
        }
        string key = Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
        return Path.Combine(CacheFolder(), "ssdforecast", key, FileName);
    }

    private static string LibtorchFolder()
    {
        string? root = Environment.GetEnvironmentVariable("LIBTORCH");
        if (!string.IsNullOrEmpty(root)) return root + "/lib";
        string multiarch = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
        string folder = "/usr/lib/" + multiarch;
        return File.Exists(folder + "/libtorch_cpu.so") ? folder : "/usr/lib";
    }

    private static string CacheFolder()
    {
        string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (!string.IsNullOrEmpty(cache)) return cache;
        string? home = Environment.GetEnvironmentVariable("HOME");
        return string.IsNullOrEmpty(home) ? "/tmp/ssdforecast-" + UserId() : home + "/.cache";
    }

    private static uint UserId() => getuid();

    [DllImport("libc")]
    private static extern uint getuid();
}
