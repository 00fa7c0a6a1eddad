namespace SsdForecast.Streaming;

/// <summary>Which sequence numbers a series has taken: the highest, and the 64 up to it one by one.</summary>
internal static class SeenSequences
{
    private const ulong Window = 64;

    /// <summary>Whether a number was taken; null where it lies further back than is remembered.</summary>
    public static bool? Has(ref readonly SeriesEntry entry, long sequence)
    {
        if (entry.Sequence == StreamingEngine.NoSequence || sequence > entry.Sequence) return false;
        var back = (ulong)entry.Sequence - (ulong)sequence;
        return back < Window ? (entry.Seen >> (int)back & 1) != 0 : null;
    }

    /// <summary>Notes a number as taken.</summary>
    public static void Add(ref SeriesEntry entry, long sequence)
    {
        if (sequence == StreamingEngine.NoSequence) return;
        if (entry.Sequence == StreamingEngine.NoSequence)
        {
            (entry.Sequence, entry.Seen) = (sequence, 1);
        }
        else if (sequence > entry.Sequence)
        {
            var ahead = (ulong)sequence - (ulong)entry.Sequence;
            (entry.Sequence, entry.Seen) = (sequence, ahead < Window ? (entry.Seen << (int)ahead) | 1 : 1);
        }
        else if ((ulong)entry.Sequence - (ulong)sequence is < Window and var back)
        {
            entry.Seen |= 1UL << (int)back;
        }
    }
}
