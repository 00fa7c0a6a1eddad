using System.Security.Cryptography;

namespace SsdForecast.Data;

/// <summary>How far a download is.</summary>
/// <param name="File">The name of the file.</param>
/// <param name="Bytes">Bytes received.</param>
/// <param name="Total">Bytes to receive; null where the server does not tell.</param>
public readonly record struct DownloadProgress(string File, long Bytes, long? Total);

/// <summary>A data set that could not be fetched. The message says why, and what to do by hand.</summary>
public sealed class DownloadException(string problem, string? file = null, Exception? inner = null) : DataException(problem, file, inner: inner);

/// <summary>
/// Fetches data sets of the catalogue into a folder, one folder a set. A file appears whole and with the right sum, or not at all; one that is
/// there already with the right sum is kept.
/// </summary>
/// <param name="client">Whose time-outs and proxies hold; not disposed.</param>
/// <param name="folder">Where data sets go.</param>
public sealed class DatasetDownloader(HttpClient client, string folder)
{
    private const int BufferSize = 1 << 16;

    /// <summary>The path that a file of a data set has or will have.</summary>
    public string PathOf(CatalogueEntry entry, CatalogueFile file)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(file);
        return Path.Combine(folder, entry.Name, file.File);
    }

    /// <summary>Fetches the files of a data set.</summary>
    /// <returns>Their paths, in the order of the catalogue.</returns>
    /// <exception cref="DownloadException">No network, an answer other than success, or bytes with another sum.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is left of the file under way.</exception>
    public async Task<IReadOnlyList<string>> GetAsync(
        CatalogueEntry entry,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Shipped) throw new DownloadException($"data set '{entry.Name}' is shipped and need not be fetched.");
        var paths = new List<string>();
        foreach (var file in entry.Files)
        {
            var path = PathOf(entry, file);
            if (!await IsCompleteAsync(path, file, cancellation).ConfigureAwait(false))
                await FetchAsync(path, file, progress, cancellation).ConfigureAwait(false);
            paths.Add(path);
        }

        return paths;
    }

    private static async Task<bool> IsCompleteAsync(string path, CatalogueFile file, CancellationToken cancellation)
    {
        if (!File.Exists(path)) return false;
        if (file.Sha256 is null) return true;
        var stream = File.OpenRead(path);
        await using (stream.ConfigureAwait(false))
            return Matches(await SHA256.HashDataAsync(stream, cancellation).ConfigureAwait(false), file.Sha256);
    }

    private async Task FetchAsync(string path, CatalogueFile file, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        var byHand = $"Fetch {file.Address} by other means and put it at {path}.";
        try
        {
            using var response = await client.GetAsync(file.Address, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw new DownloadException(
                    $"{new Uri(file.Address!).Host} answered {(int)response.StatusCode} {response.ReasonPhrase}. {byHand}",
                    file.File);
            await AtomicFile.WriteAsync(path, target => CopyAsync(response, target, file, progress, cancellation)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or HttpIOException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new DownloadException(
                $"{new Uri(file.Address!).Host} cannot be reached ({e.Message.TrimEnd('.')}). {byHand}",
                file.File,
                e);
        }
    }

    private static async Task CopyAsync(
        HttpResponseMessage response,
        Stream target,
        CatalogueFile file,
        IProgress<DownloadProgress>? progress,
        CancellationToken cancellation)
    {
        var total = response.Content.Headers.ContentLength;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var source = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var buffer = new byte[BufferSize];
        long received = 0;
        for (int read; (read = await source.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0;)
        {
            hash.AppendData(buffer, 0, read);
            await target.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            received += read;
            progress?.Report(new DownloadProgress(file.File, received, total));
        }

        if (total is { } expected && received != expected)
            throw new DownloadException($"the connection ended after {received} of {expected} bytes. Try again.", file.File);
        var sum = hash.GetHashAndReset();
        if (file.Sha256 is { } told && !Matches(sum, told))
            throw new DownloadException(
                $"what {file.Address} gave has the SHA-256 {Convert.ToHexStringLower(sum)} and not {told}. The file was changed or damaged; nothing was kept.",
                file.File);
    }

    private static bool Matches(byte[] sum, string hex) => Convert.ToHexStringLower(sum).Equals(hex, StringComparison.OrdinalIgnoreCase);
}
