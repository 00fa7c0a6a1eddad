using System.IO.Compression;

namespace SsdForecast.Cli.Serving;

/// <summary>A file of events, plain or by gzip.</summary>
internal static class InputFile
{
    /// <summary>Opens it; one whose name ends in <c>.gz</c> is unpacked as it is read.</summary>
    public static Stream Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1);
        return IsPacked(path) ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    /// <summary>The name without the ending that says that it is packed.</summary>
    public static string Name(string path) => IsPacked(path) ? path[..^3] : path;

    private static bool IsPacked(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
}
