using System.Diagnostics;
using SsdForecast.Data;

namespace SsdForecast.Torch.Cuda;

/// <summary>
/// Compiled kernels on disk, one file each, named by <see cref="KernelSource.Key"/>: a kernel is compiled once on a machine, until its source or the compiler
/// changes. The folder is <c>$XDG_CACHE_HOME/ssdforecast/kernels</c>, by default <c>~/.cache/ssdforecast/kernels</c>; it may be deleted at any time.
/// </summary>
/// <param name="folder">Where they lie.</param>
internal sealed class CompiledKernels(string folder)
{
    /// <summary>Those of this user.</summary>
    public static CompiledKernels OfUser { get; } = new(Path.Combine(CacheFolder(), "ssdforecast", "kernels"));

    /// <summary>The kernel from disk, or else compiled and kept; a folder that cannot be written costs a compilation each run and nothing else.</summary>
    /// <exception cref="CudaException">It does not compile.</exception>
    public byte[] Get(KernelSource source, IReadOnlyDictionary<string, int> macros, int architecture)
    {
        var path = PathOf(source, macros, architecture);
        try
        {
            if (File.Exists(path)) return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Compiled instead.
        }
        return Renew(source, macros, architecture);
    }

    /// <summary>Compiles and keeps, whatever lies there.</summary>
    /// <exception cref="CudaException">It does not compile.</exception>
    public byte[] Renew(KernelSource source, IReadOnlyDictionary<string, int> macros, int architecture)
    {
        var clock = Stopwatch.StartNew();
        var image = KernelCompiler.Compile(source, macros, architecture);
        KernelUse.AddCompiled(clock.Elapsed);
        try
        {
            AtomicFile.Write(PathOf(source, macros, architecture), stream => stream.Write(image));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next process compiles again.
        }
        return image;
    }

    private string PathOf(KernelSource source, IReadOnlyDictionary<string, int> macros, int architecture)
        => Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(source.Name)}-{source.Key(macros, architecture, KernelCompiler.Version ?? "none")}.cubin");

    private static string CacheFolder()
    {
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache) return cache;
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return home.Length > 0 ? Path.Combine(home, ".cache") : Path.Combine(Path.GetTempPath(), "ssdforecast-" + Environment.UserName);
    }
}
