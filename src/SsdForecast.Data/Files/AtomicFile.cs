using System.Text;

namespace SsdForecast.Data;

/// <summary>Writes files so that a reader sees the old content or the new, never a part.</summary>
public static class AtomicFile
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes to a temporary file beside <paramref name="path"/>, flushes it to the disk and renames it over the target. Creates the folder.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="write">Writes the content; if it throws, the target stays as it was and nothing is left beside it.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        WriteAsync(path, stream =>
        {
            write(stream);
            return Task.CompletedTask;
        }).GetAwaiter().GetResult();
    }

    /// <summary>
    /// Says early what <see cref="Write"/> would say late, before the work that makes the content. Makes no folder, and leaves nothing behind.
    /// </summary>
    /// <param name="path">The file to write.</param>
    /// <exception cref="IOException">The file cannot be written there.</exception>
    public static void RequireWritable(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = Path.GetFullPath(path);
        RequireNoFolder(full, path);
        var folder = Path.GetDirectoryName(full)!;
        while (!Directory.Exists(folder))
        {
            if (File.Exists(folder)) throw CannotWrite(path, new IOException($"{folder} is a file"));
            folder = Path.GetDirectoryName(folder)!;
        }

        var probe = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
        Open(probe, path).Dispose();
        File.Delete(probe);
    }

    /// <summary>As <see cref="Write"/>, with a write that may wait, such as for a network.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static async Task WriteAsync(string path, Func<Stream, Task> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        var full = Path.GetFullPath(path);
        RequireNoFolder(full, path);
        var folder = Path.GetDirectoryName(full)!;
        MakeFolder(folder, path);
        var temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.tmp");
        try
        {
            // Opened for synchronous use: the flush to the disk is, and a write that completes at once then runs on the caller's thread.
            var stream = Open(temporary, path);
            await using (stream.ConfigureAwait(false))
            {
                await write(stream).ConfigureAwait(false);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    // The reader knows the file by the name they gave, not by that of the temporary one.
    private static FileStream Open(string temporary, string path)
    {
        try
        {
            return new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw CannotWrite(path, e);
        }
    }

    private static void RequireNoFolder(string full, string path)
    {
        if (Directory.Exists(full)) throw new IOException($"{path}: is a folder; name a file");
    }

    private static void MakeFolder(string folder, string path)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw CannotWrite(path, e);
        }
    }

    private static IOException CannotWrite(string path, Exception cause)
        => new($"{path}: cannot be written there ({(cause is UnauthorizedAccessException ? "permission denied" : "no such folder, and it cannot be made")}); choose a folder that you may write to", cause);

    /// <summary>Writes text as UTF-8 without a byte order mark, as <see cref="Write"/> does.</summary>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(Utf8.GetBytes(text)));

    /// <summary>Writes text as it is produced, UTF-8 without a byte order mark and with <c>\n</c> line ends, as <see cref="Write"/> does.</summary>
    public static void WriteText(string path, Action<TextWriter> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, Utf8, 1 << 16, leaveOpen: true) { NewLine = "\n" };
            write(writer);
        });
    }
}
