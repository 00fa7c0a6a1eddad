using Microsoft.Data.Sqlite;
using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>
/// The default store: an SQLite database with the newest snapshot, <c>FILE</c>, and beside it the one before, <c>FILE.previous</c>, the event log,
/// <c>FILE.log.N</c>, and <c>FILE.evicted</c> with the series that have changed since and are not in memory. A snapshot copies the last one,
/// writes what has changed into the copy and renames it. Series are read from the snapshot when their next event comes, so opening a store
/// takes the time of checking it, and no memory.
/// </summary>
public sealed class SqliteStateStore : IStateStore
{
    private readonly Lock _gate = new();
    private readonly StoreLock _lock;
    private readonly string _path;
    private SqliteRecords? _snapshot;
    private SqliteEvicted? _evicted;
    private long _generation;
    private long _previousGeneration;

    /// <summary>A store in a file, whose folder is made if need be.</summary>
    /// <exception cref="IOException">The folder cannot be written, or another process has the file.</exception>
    public SqliteStateStore(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path)) throw new IOException($"{path}: is a folder; name a file");
        Location = path;
        _path = Path.GetFullPath(path);
        _lock = new StoreLock(_path + ".lock", path);
    }

    /// <inheritdoc/>
    public string Location { get; }

    /// <inheritdoc/>
    public string LogPrefix => _path + ".log.";

    /// <inheritdoc/>
    public long OldestGeneration => _previousGeneration > 0 ? _previousGeneration : _generation;

    /// <inheritdoc/>
    public long Count { get; private set; }

    private string Previous => _path + ".previous";

    private string Next => _path + ".next";

    /// <inheritdoc/>
    public SnapshotManifest? Open(string modelHash, string layout, Action<string> warn)
    {
        ArgumentNullException.ThrowIfNull(warn);
        StateFormatException? problem = null;
        SnapshotManifest? found = null;
        if (File.Exists(_path))
        {
            found = TryOpen(_path, modelHash, layout, ref problem);
            if (found is null)
            {
                if (!File.Exists(Previous)) throw new StateFormatException(Location, $"{Words(problem!)}, and there is none before it; put a copy back, or name another file", problem);
                var before = problem;
                found = TryOpen(Previous, modelHash, layout, ref problem)
                    ?? throw new StateFormatException(Location, $"{Words(before!)}, and so is {Previous}; put a copy back, or name another file", problem);
                File.Move(_path, _path + ".damaged", overwrite: true);
                warn($"{before!.Message}; moved to {Path.GetFileName(_path)}.damaged, going on from the snapshot before it");
            }
            else if (File.Exists(Previous))
            {
                _previousGeneration = PreviousGeneration();
            }
        }
        else if (File.Exists(Previous))
        {
            found = TryOpen(Previous, modelHash, layout, ref problem)
                ?? throw new StateFormatException(Location, $"is not there, and the snapshot before it is damaged ({problem!.Message}); put a copy back, or name another file", problem);
            warn($"{Location}: is not there; going on from {Path.GetFileName(Previous)} and its log; to begin anew delete {Path.GetFileName(_path)}.*");
        }

        File.Delete(Next);
        if (found is not null) Use(File.Exists(_path) ? _path : Previous, found.Generation);
        return found;
    }

    /// <inheritdoc/>
    public bool TryLoad(string seriesId, out byte[] record)
    {
        lock (_gate)
        {
            try
            {
                if (_evicted is not null && _evicted.TryRead(seriesId, out var kept))
                {
                    record = kept ?? [];
                    return kept is not null;
                }

                record = [];
                return _snapshot is not null && _snapshot.TryRead(seriesId, out record);
            }
            catch (SqliteException e)
            {
                throw Failed(e, $"series '{seriesId}' cannot be read", "check the disk; the state was whole when it was opened");
            }
        }
    }

    /// <inheritdoc/>
    public void Evict(string seriesId, ReadOnlySpan<byte> record, long position, bool changed)
    {
        if (!changed) return;
        lock (_gate)
        {
            try
            {
                (_evicted ??= new SqliteEvicted(_path + ".evicted")).Write(seriesId, record.ToArray(), position);
            }
            catch (SqliteException e)
            {
                throw Failed(e, "a series cannot be put out of memory", "make room; the series stays in memory");
            }
        }
    }

    /// <inheritdoc/>
    public void Remove(string seriesId, long position)
    {
        lock (_gate)
        {
            try
            {
                (_evicted ??= new SqliteEvicted(_path + ".evicted")).Write(seriesId, null, position);
            }
            catch (SqliteException e)
            {
                throw Failed(e, $"series '{seriesId}' cannot be removed", "make room and try again");
            }
        }
    }

    /// <inheritdoc/>
    public IEnumerable<string> Ids()
    {
        lock (_gate)
        {
            var ids = new HashSet<string>(_snapshot?.Ids() ?? [], StringComparer.Ordinal);
            foreach (var (id, removed) in _evicted?.Ids() ?? [])
            {
                if (removed) ids.Remove(id);
                else ids.Add(id);
            }

            return ids;
        }
    }

    /// <inheritdoc/>
    public void Save(SnapshotManifest manifest, Action<SeriesWriter> resident)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(resident);
        try
        {
            File.Delete(Next);
            if (_snapshot is not null) File.Copy(_snapshot.Path, Next);
            long count;
            using (var next = new SqliteSnapshotWriter(Next, isNew: _snapshot is null))
            {
                resident((id, record, position, changed) =>
                {
                    if (changed) next.Put(id, record.ToArray(), position);
                });
                lock (_gate)
                {
                    foreach (var (id, position, record) in _evicted?.All() ?? []) next.PutIfNewer(id, record, position);
                }

                count = next.Commit(manifest);
            }

            using (var flushed = new FileStream(Next, FileMode.Open, FileAccess.ReadWrite)) flushed.Flush(flushToDisk: true);
            lock (_gate) Replace(manifest, count);
        }
        catch (Exception e) when (StoreProblems.IsOfDisk(e))
        {
            Discard();
            throw Failed(e, "the snapshot cannot be written", "make room; the snapshot before it and the log are as they were");
        }
    }

    /// <summary>Ends the use of the store; another process may have it.</summary>
    public void Dispose()
    {
        _snapshot?.Dispose();
        _evicted?.Dispose();
        _lock.Dispose();
    }

    private void Replace(SnapshotManifest manifest, long count)
    {
        _snapshot?.Dispose();
        var current = _snapshot?.Path;
        _snapshot = null;
        if (current == _path)
        {
            File.Move(_path, Previous, overwrite: true);
            _previousGeneration = _generation;
        }
        else if (current is not null)
        {
            _previousGeneration = _generation;
        }

        File.Move(Next, _path, overwrite: true);
        Use(_path, manifest.Generation);
        Count = count;
        // What was evicted later than the moment of the snapshot may be newer than what is in it.
        _evicted?.Clear(manifest.Position);
    }

    private void Use(string path, long generation)
    {
        _snapshot = new SqliteRecords(path);
        _generation = generation;
        Count = _snapshot.Count();
    }

    private SnapshotManifest? TryOpen(string path, string modelHash, string layout, ref StateFormatException? problem)
    {
        var refused = false;
        try
        {
            return SqliteSnapshot.Verify(path, manifest =>
            {
                refused = true;
                manifest.Require(path == _path ? Location : path, modelHash, layout);
                refused = false;
            }).Manifest;
        }
        catch (StateFormatException e) when (!refused)
        {
            problem = e;
            return null;
        }
        catch (SqliteException e)
        {
            throw Failed(e, "the state cannot be read", "check its permissions");
        }
    }

    private long PreviousGeneration()
    {
        try
        {
            using var connection = SqliteSnapshot.Connect(Previous, SqliteOpenMode.ReadOnly);
            return connection.Ask("SELECT generation FROM manifest") is long generation ? generation : 0;
        }
        catch (SqliteException)
        {
            return 0;
        }
    }

    private void Discard()
    {
        foreach (var path in (string[])[Next, Next + "-journal"])
        {
            try
            {
                File.Delete(path);
            }
            catch (Exception e) when (StoreProblems.IsOfDisk(e))
            {
                // Deleted when the store is opened.
            }
        }
    }

    private static string Words(StateFormatException e) => e.Message[(e.Message.IndexOf(": ", StringComparison.Ordinal) + 2)..];

    private IOException Failed(Exception e, string what, string wayOut) => StoreProblems.Cannot(Location, what, e, wayOut);
}
