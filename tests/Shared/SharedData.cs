using System.Runtime.CompilerServices;

namespace SsdForecast.Tests;

/// <summary>
/// Finds the folder <c>shared</c> (public data sets and golden vectors) that may lie beside a checkout. A user has none: tests that need it
/// then say so and return.
/// </summary>
internal static class SharedData
{
    private static readonly string? Root = Find(AppContext.BaseDirectory) ?? Find(Path.GetDirectoryName(ThisFile()));

    /// <summary>The full path of a file or folder under <c>shared</c>; false, with a line on the console, if there is none.</summary>
    public static bool TryGet(string relative, out string path)
    {
        path = Root is null ? "" : Path.Combine(Root, relative);
        if (Root is not null && Path.Exists(path)) return true;
        Console.WriteLine($"shared/{relative} is not here; the test that reads it passes without it.");
        return false;
    }

    private static string? Find(string? start)
    {
        for (var folder = start is null ? null : new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            var shared = Path.Combine(folder.FullName, "shared");
            if (File.Exists(Path.Combine(shared, "design.md"))) return shared;
        }

        return null;
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
