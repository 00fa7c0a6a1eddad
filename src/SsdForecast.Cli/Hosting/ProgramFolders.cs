namespace SsdForecast.Cli.Hosting;

/// <summary>Finds what lies beside the program: data sets, and the source of the bridge to libtorch.</summary>
internal static class ProgramFolders
{
    /// <summary>The folder <c>datasets/</c> of the checkout or of the bundle; null if there is none.</summary>
    public static string? Datasets => Above("datasets", "taylor.csv");

    /// <summary>The folder <c>configs/</c> of the checkout or of the bundle; null if there is none.</summary>
    public static string? Configs => Above("configs", "reference.yaml");

    /// <summary>The folder with the bridge's source and <c>build.sh</c>, copied beside the program.</summary>
    public static string? Native => Path.Combine(AppContext.BaseDirectory, "native") is var beside && File.Exists(Path.Combine(beside, "build.sh")) ? beside : null;

    /// <summary>A folder by name that holds a file: in the current folder, which in a checkout is the shortest path to it, or above the program.</summary>
    private static string? Above(string folder, string file)
    {
        if (File.Exists(Path.Combine(folder, file))) return folder;
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, folder, file))) return Path.Combine(at.FullName, folder);
        return null;
    }
}
