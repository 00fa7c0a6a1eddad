using System.Globalization;
using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>
/// A store of plain files in a folder: <c>snapshot-N.ssds</c>, the last two of them, and <c>log.N</c>. A snapshot writes every series, so it
/// takes as long as there are series; a dictionary in memory says where those that are evicted lie, some hundred bytes each. For more
/// series than memory holds, <see cref="SqliteStateStore"/> is the better choice.
/// </summary>
public sealed class FileStateStore : IStateStore
{
    private const string LockName = "lock";
    private const string PagesName = "evicted.pages";
    private const string Suffix = ".ssds";

    private readonly Lock _gate = new();
    private readonly StoreLock _lock;
    private readonly EvictedPages _pages;

    /// <summary>A store in a folder, which is made if need be.</summary>
    /// <exception cref="IOException">The folder cannot be written, or another process has it.</exception>
    public FileStateStore(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Location = Path.TrimEndingDirectorySeparator(folder);
        _lock = new StoreLock(Path.Combine(folder, LockName), Location);
        _pages = new EvictedPages(Path.Combine(folder, PagesName));
    }

    /// <inheritdoc/>
    public string Location { get; }

    /// <inheritdoc/>
    public string LogPrefix => Path.Combine(Location, "log.");

    /// <inheritdoc/>
    public long OldestGeneration { get; private set; }

    /// <inheritdoc/>
    public long Count
    {
        get
        {
            lock (_gate) return _pages.Count;
        }
    }

    /// <inheritdoc/>
    public SnapshotManifest? Open(string modelHash, string layout, Action<string> warn)
    {
        ArgumentNullException.ThrowIfNull(warn);
        StateFormatException? first = null;
        SnapshotManifest? found = null;
        foreach (var (path, generation) in Snapshots().OrderByDescending(s => s.Generation))
        {
            if (found is not null)
            {
                OldestGeneration = generation;
                break;
            }

            var refused = false;
            try
            {
                found = SnapshotFile.Read(
                    path,
                    manifest =>
                    {
                        refused = true;
                        manifest.Require(path, modelHash, layout);
                        refused = false;
                    },
                    (id, record) => _pages.Write(id, record, SeriesRecord.PositionOf(record)));
                OldestGeneration = found.Generation;
            }
            catch (StateFormatException e) when (!refused)
            {
                first ??= e;
                var aside = path + ".damaged";
                File.Move(path, aside, overwrite: true);
                warn($"{e.Message}; moved to {Path.GetFileName(aside)}, going on from the snapshot before it");
            }
        }

        return found ?? (first is null ? null : throw new StateFormatException(Location, $"no snapshot is whole ({first.Message}); put a copy back, or begin in another place", first));
    }

    /// <inheritdoc/>
    public bool TryLoad(string seriesId, out byte[] record)
    {
        lock (_gate) return _pages.TryRead(seriesId, out record, out _);
    }

    /// <inheritdoc/>
    public void Evict(string seriesId, ReadOnlySpan<byte> record, long position, bool changed)
    {
        try
        {
            lock (_gate)
            {
                if (changed || !_pages.TryRead(seriesId, out _, out var kept) || kept != position) _pages.Write(seriesId, record, position);
            }
        }
        catch (Exception e) when (StoreProblems.IsOfDisk(e))
        {
            throw StoreProblems.Cannot(Location, "a series cannot be put out of memory", e, "make room; the series stays in memory");
        }
    }

    /// <inheritdoc/>
    public void Remove(string seriesId, long position)
    {
        lock (_gate) _pages.Remove(seriesId);
    }

    /// <inheritdoc/>
    public IEnumerable<string> Ids()
    {
        lock (_gate) return [.. _pages.Ids];
    }

    /// <inheritdoc/>
    public void Save(SnapshotManifest manifest, Action<SeriesWriter> resident)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(resident);
        var path = Path.Combine(Location, string.Create(CultureInfo.InvariantCulture, $"snapshot-{manifest.Generation:D6}{Suffix}"));
        try
        {
            SnapshotFile.Write(path, manifest, write =>
            {
                // Whatever copy of a series is written, it is of the moment of the snapshot or later: the log that follows brings both to the same end.
                var written = new HashSet<string>(StringComparer.Ordinal);
                resident((id, record, _, _) =>
                {
                    if (written.Add(id)) write(id, record.ToArray());
                });
                foreach (var id in Ids())
                {
                    if (!written.Contains(id) && TryLoad(id, out var record)) write(id, record);
                }
            });
        }
        catch (Exception e) when (StoreProblems.IsOfDisk(e))
        {
            throw StoreProblems.Cannot(path, "the snapshot cannot be written", e, "make room; the snapshot before it and the log are as they were");
        }

        var kept = Snapshots().Select(s => s.Generation).Where(g => g < manifest.Generation).DefaultIfEmpty(manifest.Generation).Max();
        foreach (var (old, generation) in Snapshots())
            if (generation < kept) File.Delete(old);
        OldestGeneration = kept;
    }

    /// <summary>Ends the use of the store; another process may have it.</summary>
    public void Dispose()
    {
        _pages.Dispose();
        _lock.Dispose();
    }

    private List<(string Path, long Generation)> Snapshots()
    {
        var found = new List<(string, long)>();
        foreach (var path in Directory.EnumerateFiles(Location, "snapshot-*" + Suffix))
        {
            var number = Path.GetFileNameWithoutExtension(path)["snapshot-".Length..];
            if (long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var generation)) found.Add((path, generation));
        }

        return found;
    }
}
