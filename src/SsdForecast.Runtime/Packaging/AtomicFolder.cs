namespace SsdForecast.Runtime;

/// <summary>
/// Replaces a folder by renaming: the new one is written and flushed beside the target, the old one is moved to <c>NAME.previous</c>, the new
/// one takes its name, the old one is deleted. A run that dies in between leaves the old folder, under one of its two names, or the new one.
/// </summary>
internal static class AtomicFolder
{
    /// <summary>Where the old folder waits while the new one takes its name.</summary>
    public static string PreviousOf(string dir) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(dir)) + ".previous";

    /// <summary>Writes the files as the folder <paramref name="dir"/>, in place of the one that is there.</summary>
    /// <param name="marker">The file that shows an existing folder to be of this kind; a folder with content but without it is not replaced.</param>
    public static void Write(string dir, IReadOnlyList<(string Name, byte[] Bytes)> files, string marker)
    {
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(dir));
        var previous = PreviousOf(dir);
        if (File.Exists(target)) throw new ModelFormatException(dir, "is a file; name a folder");
        // What a run that died has left: without a target the old folder is still the good one.
        if (Directory.Exists(previous) && !Directory.Exists(target)) Directory.Move(previous, target);
        var replaces = Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any();
        if (replaces && !File.Exists(Path.Combine(target, marker)))
            throw new ModelFormatException(dir, "the folder has content and no model; name a new or empty folder");

        var parent = Path.GetDirectoryName(target)!;
        try
        {
            Directory.CreateDirectory(parent);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new IOException($"{dir}: cannot be written there; choose a folder that you may write to", e);
        }

        var temporary = Path.Combine(parent, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.tmp");
        try
        {
            Directory.CreateDirectory(temporary);
            foreach (var (name, bytes) in files) WriteFlushed(Path.Combine(temporary, name), bytes);
            if (Directory.Exists(previous)) Retire(previous, target);
            if (Directory.Exists(target)) Directory.Move(target, previous);
            Directory.Move(temporary, target);
        }
        catch
        {
            if (Directory.Exists(previous) && !Directory.Exists(target)) Directory.Move(previous, target);
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
            throw;
        }

        if (Directory.Exists(previous)) Retire(previous, target);
    }

    // Files of other names (a checkpoint, a report) move over to the new folder; nothing that a user put there is deleted.
    private static void Retire(string previous, string target)
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(previous).ToArray())
        {
            var moved = Path.Combine(target, Path.GetFileName(entry));
            if (!File.Exists(moved) && !Directory.Exists(moved)) Directory.Move(entry, moved);
        }

        Directory.Delete(previous, recursive: true);
    }

    private static void WriteFlushed(string path, byte[] bytes)
    {
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        stream.Write(bytes);
        stream.Flush(flushToDisk: true);
    }
}
