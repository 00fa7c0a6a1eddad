namespace SsdForecast.Streaming;

/// <summary>What an engine knows of a series in memory beside its state: 48 bytes in an array, no object.</summary>
internal struct SeriesEntry
{
    /// <summary>The id; null in an entry that is free.</summary>
    public string? Id;

    /// <summary>The highest sequence number taken; <see cref="StreamingEngine.NoSequence"/> while there was none.</summary>
    public long Sequence;

    /// <summary>Bit i: the sequence number <c>Sequence − i</c> was taken.</summary>
    public ulong Seen;

    /// <summary>Position in the event log of the last record that changed the series.</summary>
    public long Position;

    /// <summary>The state in the slab.</summary>
    public StateSlot Slot;

    /// <summary>The next entry in the same bucket, or the next free entry; −1 for none.</summary>
    public int Next;

    /// <summary>The entry used next after this one; −1 for the newest.</summary>
    public int Newer;

    /// <summary>The entry used last before this one; −1 for the oldest.</summary>
    public int Older;
}
