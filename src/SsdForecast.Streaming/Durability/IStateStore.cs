using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>Takes the record of a series.</summary>
/// <param name="seriesId">The series.</param>
/// <param name="record">All that is kept of it; good during the call.</param>
/// <param name="position">Position in the event log of what changed it last.</param>
/// <param name="changed">Whether it changed since the snapshot that the store has.</param>
public delegate void SeriesWriter(string seriesId, ReadOnlySpan<byte> record, long position, bool changed);

/// <summary>
/// Where an engine keeps snapshots, and the series that are not in memory. The event log is the engine's own; the store says where it lies.
/// <para>
/// A snapshot is all or nothing: <see cref="Save"/> leaves the one before it whole until the new one is, and keeps it after. Records are
/// opaque bytes. <see cref="TryLoad"/>, <see cref="Evict"/> and <see cref="Remove"/> are called from many threads.
/// </para>
/// </summary>
public interface IStateStore : IDisposable
{
    /// <summary>The place, for messages.</summary>
    string Location { get; }

    /// <summary>Path of the segments of the event log, up to their numbers.</summary>
    string LogPrefix { get; }

    /// <summary>The oldest snapshot that is kept; segments of the log before it are of no use.</summary>
    long OldestGeneration { get; }

    /// <summary>Series in the store, for an estimate: those of the snapshot.</summary>
    long Count { get; }

    /// <summary>Opens the newest snapshot that is whole.</summary>
    /// <param name="modelHash">The model that it must be of.</param>
    /// <param name="layout">The layout that records must have.</param>
    /// <param name="warn">Told of what had to be passed over, a line each.</param>
    /// <returns>Its manifest; null for a store in which there is nothing.</returns>
    /// <exception cref="StateFormatException">None of its snapshots is whole, or it is of another model or layout.</exception>
    /// <exception cref="IOException">The store cannot be read or written, or another process has it.</exception>
    SnapshotManifest? Open(string modelHash, string layout, Action<string> warn);

    /// <summary>Reads the newest record of a series that was evicted or is in the snapshot.</summary>
    /// <param name="record">Its bytes; the memory is the caller's from now on.</param>
    /// <returns>Whether there is one.</returns>
    bool TryLoad(string seriesId, out byte[] record);

    /// <summary>Takes the record of a series that leaves memory.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    void Evict(string seriesId, ReadOnlySpan<byte> record, long position, bool changed);

    /// <summary>Forgets a series.</summary>
    /// <param name="position">Position in the event log of its removal.</param>
    void Remove(string seriesId, long position);

    /// <summary>The ids of all series in the store.</summary>
    IEnumerable<string> Ids();

    /// <summary>Writes a snapshot of the series in memory and of those in the store, and keeps the one before it.</summary>
    /// <param name="manifest">What it will say of itself.</param>
    /// <param name="resident">Gives the series in memory, one after another. Others may be evicted meanwhile: of two records of a series that with the higher position counts.</param>
    /// <exception cref="IOException">It could not be written; the store is as it was.</exception>
    void Save(SnapshotManifest manifest, Action<SeriesWriter> resident);
}
