using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>Snapshots, the event log, and the way back from them.</summary>
public sealed partial class StreamingEngine
{
    private const int VisitedAtOnce = 32;

    private readonly Lock _snapshotGate = new();
    private long _generation;
    private bool _disposed;

    /// <summary>What was found when the engine was opened; null without a store.</summary>
    public Recovery? Recovery { get; private set; }

    /// <summary>Log records since the last snapshot: what a restart would have to replay.</summary>
    public long EventsSinceSnapshot => _parts.Log is { } log ? log.Position - _parts.SavedPosition : 0;

    /// <summary>Bytes written to the event log since the engine was made.</summary>
    public long LogBytes => _parts.Log?.BytesAppended ?? 0;

    /// <summary>Snapshots written to the store since the engine was made.</summary>
    public long SnapshotsWritten { get; private set; }

    /// <summary>How long the last snapshot took.</summary>
    public TimeSpan LastSnapshotTime { get; private set; }

    /// <summary>
    /// An engine that keeps its series in a store: those of the newest good snapshot, brought up to date by the log. In a store where there is
    /// nothing it begins without series. The engine disposes of the store.
    /// </summary>
    /// <param name="model">The model; a snapshot of another one is refused.</param>
    /// <param name="store">The store.</param>
    /// <param name="options">The options; those on late events, missing steps and times between steps should be what they were.</param>
    /// <param name="attachment">Bytes of the program that go with the first snapshot, where there is none yet.</param>
    /// <param name="found">
    /// Told of the snapshot that is gone on from, before the log is replayed; null where the store was empty. What it returns is told of every
    /// event that is replayed.
    /// </param>
    /// <exception cref="StateFormatException">Torn or altered and nothing before it is whole, or of another model.</exception>
    /// <exception cref="IOException">The store cannot be read or written, or another process has it.</exception>
    public static StreamingEngine Open(
        RecurrentModel model, IStateStore store, StreamingOptions? options = null, ReadOnlyMemory<byte> attachment = default, Func<SnapshotManifest?, IObservationSink?>? found = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        StreamingEngine? engine = null;
        try
        {
            engine = new StreamingEngine(model, options, store);
            engine.Recover(store, attachment, found);
            return engine;
        }
        catch
        {
            engine?._parts.Log?.Dispose();
            engine?._meter.Dispose();
            store.Dispose();
            throw;
        }
    }

    /// <summary>An engine with the series of a file of <see cref="Snapshot(string)"/>, in memory.</summary>
    /// <exception cref="StateFormatException">The file is missing, torn, altered, of another format or of another model.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static StreamingEngine Restore(RecurrentModel model, string path, StreamingOptions? options = null)
    {
        var engine = new StreamingEngine(model, options);
        SnapshotFile.Read(path, manifest => manifest.Require(path, model.Hash, engine._parts.Layout), (id, record) =>
        {
            var shard = engine.ShardOf(id, out var hash);
            lock (shard.Lock) shard.Restore(id, hash, record, path);
        });
        return engine;
    }

    /// <summary>
    /// Writes all series to a file of its own: format version, model hash, checksum; to a temporary file first, then renamed. Other threads may
    /// go on: each series is written as it is between two of its events.
    /// </summary>
    /// <exception cref="IOException">The file cannot be written; one that was there is as it was.</exception>
    public void Snapshot(string path)
    {
        var manifest = new SnapshotManifest(0, 0, Model.Hash, _parts.Layout, default);
        SnapshotFile.Write(path, manifest, write =>
        {
            var written = new HashSet<string>(StringComparer.Ordinal);
            VisitResident((id, record, _, _) =>
            {
                if (written.Add(id)) write(id, record.ToArray());
            });
            foreach (var id in _parts.Store?.Ids() ?? [])
            {
                if (!written.Contains(id) && _parts.Store!.TryLoad(id, out var record)) write(id, record);
            }
        });
    }

    /// <summary>
    /// Writes a snapshot to the store and lets go of the log before it. Other threads may go on; a call that comes while another one is at work
    /// waits for it.
    /// </summary>
    /// <param name="attachment">Bytes of the program that are committed with it; see <see cref="SnapshotManifest.Attachment"/>.</param>
    /// <exception cref="InvalidOperationException">The engine has no store.</exception>
    /// <exception cref="ArgumentException">The attachment is too long.</exception>
    /// <exception cref="IOException">It could not be written; the snapshot before it and the log hold everything.</exception>
    public void Snapshot(ReadOnlyMemory<byte> attachment = default)
    {
        if (_parts is not { Store: { } store, Log: { } log }) throw new InvalidOperationException("the engine has no store; give Snapshot a file");
        if (attachment.Length > SnapshotManifest.MostAttachment) throw new ArgumentException($"{attachment.Length} bytes, more than {SnapshotManifest.MostAttachment}", nameof(attachment));
        lock (_snapshotGate)
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            // Whatever comes from now on is in the new segment. A generation is used once, even if its snapshot fails.
            var position = log.Begin(++_generation);
            store.Save(new SnapshotManifest(_generation, position, Model.Hash, _parts.Layout, attachment), VisitResident);
            _parts.SavedPosition = position;
            DeleteSegments(store);
            SnapshotsWritten++;
            LastSnapshotTime = clock.Elapsed;
        }
    }

    /// <summary>Brings the event log to the file, and with <paramref name="toDisk"/> to the disk.</summary>
    /// <exception cref="IOException">Not all of it; call again.</exception>
    public void Flush(bool toDisk = true) => _parts.Log?.Flush(toDisk);

    /// <summary>
    /// Ends the engine and closes the store; the log is brought to the disk, but for records that gather in memory
    /// (<see cref="StreamingOptions.BufferLog"/>) and were not flushed. Series without a store are gone.
    /// </summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _meter.Dispose();
        try
        {
            if (!Options.BufferLog) _parts.Log?.Flush(toDisk: true);
        }
        finally
        {
            _parts.Log?.Dispose();
            _parts.Store?.Dispose();
        }
    }

    private void VisitResident(SeriesWriter write)
    {
        foreach (var shard in _shards)
        {
            for (int from = 0, length = 1; from < length; from += VisitedAtOnce)
            {
                lock (shard.Lock)
                {
                    length = shard.IndexLength;
                    for (var i = from; i < Math.Min(length, from + VisitedAtOnce); i++) shard.Write(i, write);
                }
            }
        }
    }

    private void Recover(IStateStore store, ReadOnlyMemory<byte> attachment, Func<SnapshotManifest?, IObservationSink?>? found)
    {
        var warnings = new List<string>();
        var manifest = store.Open(Model.Hash, _parts.Layout, warnings.Add);
        var segments = LogSegments.Of(store.LogPrefix);
        if (manifest is null) LogReplay.RequireEmpty(segments, Model.Hash, store.Location);
        var sink = found?.Invoke(manifest);
        var log = new EventLog(store.LogPrefix, Model.Hash, Options.Sync, Options.BufferLog);
        try
        {
            if (manifest is null)
            {
                _parts.Log = log;
                _generation = 0;
                log.Begin(0, 0);
                Snapshot(attachment);
                File.Delete(EventLog.SegmentPath(store.LogPrefix, 0));
                Recovery = new Recovery(null, 0, warnings);
                return;
            }

            _parts.SavedPosition = manifest.Position;
            _storedSeries = store.Count;
            _generation = Math.Max(manifest.Generation, segments.Count > 0 ? segments[^1].Generation : 0);
            var replay = new LogReplay(Model.Hash, manifest, warnings.Add);
            replay.Run(segments, (position, record) => Replay(position, record, sink));
            replay.Continue(log, _generation);
            _parts.Log = log;
            Recovery = new Recovery(manifest, replay.Records, warnings);
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    private void Replay(long position, in LogRecord record, IObservationSink? sink)
    {
        var shard = ShardOf(record.SeriesId, out var hash);
        lock (shard.Lock)
        {
            switch (record.Kind)
            {
                case LogRecordKind.Event:
                    shard.Observe(record.SeriesId, hash, record.Sequence, record.Observation, sink, out _, position);
                    break;
                case LogRecordKind.Remove:
                    shard.Remove(record.SeriesId, hash, position);
                    break;
                case LogRecordKind.Release when shard.Find(record.SeriesId, hash) is var at && at != SeriesIndex.None:
                    shard.Release(at, sink, position);
                    break;
            }
        }
    }

    private static void DeleteSegments(IStateStore store)
    {
        foreach (var (path, generation) in LogSegments.Of(store.LogPrefix))
            if (generation < store.OldestGeneration) File.Delete(path);
    }
}
