using SsdForecast.Cli.Hosting;
using SsdForecast.Data;

namespace SsdForecast.Cli.Output;

/// <summary>Refuses a place that cannot be written before the work is done, and before another output is.</summary>
internal static class OutputPlace
{
    /// <summary>Checks the name of a file to write.</summary>
    /// <param name="option">The option that names it.</param>
    /// <param name="path">The file; null: none is asked for.</param>
    /// <exception cref="CommandException">It is a folder.</exception>
    /// <exception cref="IOException">It cannot be written there.</exception>
    public static void RequireFile(string option, string? path)
    {
        if (path is null) return;
        if (path.Length == 0) throw CommandException.Usage(option, "is empty; name a file");
        if (Directory.Exists(path)) throw CommandException.Usage(option, $"{path} is a folder; name a file");
        AtomicFile.RequireWritable(path);
    }

    /// <summary>Checks the name of a folder to write files into.</summary>
    /// <param name="option">The option that names it.</param>
    /// <param name="folder">The folder; null: none is asked for.</param>
    /// <exception cref="CommandException">It is a file.</exception>
    /// <exception cref="IOException">It cannot be written there.</exception>
    public static void RequireFolder(string option, string? folder)
    {
        if (folder is null) return;
        if (folder.Length == 0) throw CommandException.Usage(option, "is empty; name a folder");
        if (File.Exists(folder)) throw CommandException.Usage(option, $"{folder} is a file; name a folder");
        try
        {
            AtomicFile.RequireWritable(Path.Combine(folder, "a"));
        }
        catch (IOException)
        {
            throw new IOException($"{option}: {folder} cannot be written; name a folder that you may write to");
        }
    }
}
