namespace SsdForecast.Torch.Cuda;

/// <summary>The shared libraries of this process.</summary>
internal static class LoadedLibraries
{
    /// <summary>Their paths; none where the system does not tell.</summary>
    public static IReadOnlyList<string> Paths()
    {
        if (!OperatingSystem.IsLinux()) return [];
        try
        {
            return [.. File.ReadLines("/proc/self/maps")
                .Select(line => line.IndexOf('/', StringComparison.Ordinal) is var at and >= 0 ? line[at..] : "")
                .Where(path => Path.GetFileName(path).Contains(".so", StringComparison.Ordinal))
                .Distinct()];
        }
        catch (IOException)
        {
            return [];
        }
    }
}
