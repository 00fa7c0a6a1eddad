namespace SsdForecast.Streaming;

/// <summary>What an engine found in its store.</summary>
/// <param name="Snapshot">The snapshot that it goes on from; null where the store was empty.</param>
/// <param name="Replayed">Log records after it.</param>
/// <param name="Warnings">What was damaged and passed over, a line each.</param>
public sealed record Recovery(SnapshotManifest? Snapshot, long Replayed, IReadOnlyList<string> Warnings);
