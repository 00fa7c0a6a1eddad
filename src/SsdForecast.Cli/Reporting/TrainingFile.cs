using System.Security.Cryptography;
using SsdForecast.Cli.Hosting;
using SsdForecast.Runtime;

namespace SsdForecast.Cli.Reporting;

/// <summary>Looks for the file that a model was trained on.</summary>
internal static class TrainingFile
{
    /// <summary>The file of the name and hash in <c>training.json</c>: here, beside the model, or in a folder of data sets; null if there is none.</summary>
    public static string? Find(string model, TrainingRecord record)
    {
        if (record.DataFile is not { Length: > 0 } name || record.DataSha256 is null) return null;
        var beside = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(model))) ?? ".";
        string[] folders = [".", beside, Path.Combine(beside, ".."), "data", "datasets", ProgramFolders.Datasets ?? "datasets"];
        return folders.Select(f => Path.Combine(f, name)).FirstOrDefault(p => File.Exists(p) && Hash(p) == record.DataSha256);
    }

    private static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
