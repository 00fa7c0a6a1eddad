using System.Runtime.CompilerServices;

namespace SsdForecast.Runtime.Tests;

/// <summary>The folder <c>shared</c> of the developers, beside the checkout: golden vectors and datasets. A user does not have it.</summary>
public static class SharedFolder
{
    /// <summary>The path of a file in it, or null where there is none.</summary>
    public static string? Find(string file, [CallerFilePath] string source = "") =>
        Above(AppContext.BaseDirectory).Concat(Above(Path.GetDirectoryName(source)))
            .Select(dir => Path.Combine(dir, "shared"))
            .Where(shared => File.Exists(Path.Combine(shared, "design.md")))
            .Select(shared => Path.Combine(shared, file))
            .FirstOrDefault(File.Exists);

    private static IEnumerable<string> Above(string? dir)
    {
        for (; !string.IsNullOrEmpty(dir); dir = Path.GetDirectoryName(dir)) yield return dir;
    }
}
