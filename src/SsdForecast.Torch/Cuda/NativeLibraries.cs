using System.Runtime.InteropServices;

namespace SsdForecast.Torch.Cuda;

/// <summary>
/// Finds CUDA's libraries where a user of torch has them: beside the libtorch that is loaded, in the <c>nvidia/*/lib</c> folders that PyTorch's wheels
/// bring, beside the program (TorchSharp's packages), in a CUDA toolkit, and where the system's loader looks.
/// </summary>
internal static class NativeLibraries
{
    /// <summary>Loads the first library that is there.</summary>
    /// <param name="pattern">File names to look for in folders, such as <c>libnvrtc*.so*</c>.</param>
    /// <param name="names">Names for the system's loader, in this order.</param>
    /// <param name="path">What was loaded.</param>
    public static nint Load(string pattern, IReadOnlyList<string> names, out string? path)
    {
        foreach (var folder in Folders())
            foreach (var file in Matching(folder, pattern))
                if (NativeLibrary.TryLoad(file, out var found))
                {
                    path = file;
                    return found;
                }
        foreach (var name in names)
            if (NativeLibrary.TryLoad(name, out var found))
            {
                path = name;
                return found;
            }
        path = null;
        return 0;
    }

    /// <summary>A function of a library.</summary>
    /// <exception cref="CudaException">The library does not have it.</exception>
    public static nint Function(nint library, string name)
        => NativeLibrary.TryGetExport(library, name, out var address) ? address : throw new CudaException($"{name} is missing from the library that was loaded; a newer version has it");

    private static IEnumerable<string> Matching(string folder, string pattern)
        => Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, pattern).Where(f => !f.Contains("builtins", StringComparison.Ordinal) && !f.Contains(".alt.", StringComparison.Ordinal)).OrderDescending(StringComparer.Ordinal)
            : [];

    private static IEnumerable<string> Folders()
    {
        foreach (var torch in LibtorchFolders())
        {
            yield return torch;
            var packages = Path.GetFullPath(Path.Combine(torch, "..", "..", "nvidia"));
            if (!Directory.Exists(packages)) continue;
            foreach (var package in Directory.EnumerateDirectories(packages).Order(StringComparer.Ordinal)) yield return Path.Combine(package, "lib");
        }
        yield return AppContext.BaseDirectory;
        yield return Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native");
        foreach (var variable in (string[])["CUDA_HOME", "CUDA_PATH"])
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } toolkit) yield return Path.Combine(toolkit, "lib64");
        yield return "/usr/local/cuda/lib64";
    }

    private static IEnumerable<string> LibtorchFolders()
    {
        var folders = new List<string>();
        if (Environment.GetEnvironmentVariable("LIBTORCH") is { Length: > 0 } root) folders.Add(Path.Combine(root, "lib"));
        folders.AddRange(LoadedLibraries.Paths().Where(p => Path.GetFileName(p).StartsWith("libtorch", StringComparison.Ordinal)).Select(p => Path.GetDirectoryName(p)!));
        return folders.Distinct();
    }
}
