namespace SsdForecast.Streaming;

/// <summary>Keeps a second process out of a store. The lock goes with the process, however it ends; its file may stay.</summary>
internal sealed class StoreLock : IDisposable
{
    private readonly FileStream _file;

    /// <summary>Takes the lock.</summary>
    /// <param name="path">The file to lock.</param>
    /// <param name="store">The store, for messages.</param>
    /// <exception cref="IOException">Another process has it, or the place cannot be written.</exception>
    public StoreLock(string path, string store)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (UnauthorizedAccessException e)
        {
            throw StoreProblems.Cannot(store, "the store cannot be written", e, "see that this folder can be written, or choose another place");
        }
        catch (IOException e) when (e.Message.Contains("used by another process", StringComparison.Ordinal))
        {
            throw new IOException($"{store}: another process has this store open; end that one first, or choose another place", e);
        }
        catch (IOException e)
        {
            throw StoreProblems.Cannot(store, "the store cannot be written", e, "see that this folder can be written, or choose another place");
        }
    }

    public void Dispose() => _file.Dispose();
}
