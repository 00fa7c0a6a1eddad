using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace SsdForecast.Streaming;

/// <summary>
/// Finds the entry of a series by its id, and keeps entries in the order of their last use. A hash table with chains whose entries lie in small
/// chunks that never move, so that it grows without copies and a million series cost no object each but their ids. Not safe for threads.
/// </summary>
internal sealed class SeriesIndex
{
    /// <summary>No entry.</summary>
    public const int None = -1;

    private const int ChunkBits = 4;
    private const int ChunkLength = 1 << ChunkBits;

    private readonly List<SeriesEntry[]> _chunks = [];
    private int[] _buckets = NewBuckets(16);
    private int _free = None;
    private int _newest = None;

    /// <summary>Number of series.</summary>
    public int Count { get; private set; }

    /// <summary>Entries ever handed out, free ones included: positions are below it.</summary>
    public int Length { get; private set; }

    /// <summary>The entry that was used the longest ago.</summary>
    public int Oldest { get; private set; } = None;

    /// <summary>Bytes of tables and entries, without ids.</summary>
    public long Bytes => (4L * _buckets.Length) + (_chunks.Count * ((Unsafe.SizeOf<SeriesEntry>() * (long)ChunkLength) + 24)) + (8L * _chunks.Capacity);

    /// <summary>The entry at a position. The reference stays good while the series is there.</summary>
    public ref SeriesEntry this[int position] => ref _chunks[position >> ChunkBits][position & (ChunkLength - 1)];

    /// <summary>The hash by which ids are found.</summary>
    public static int HashOf(string id) => id.GetHashCode(StringComparison.Ordinal);

    /// <summary>The position of a series, or <see cref="None"/>.</summary>
    public int Find(string id, int hash)
    {
        for (var i = _buckets[hash & (_buckets.Length - 1)]; i != None;)
        {
            ref var entry = ref this[i];
            if (string.Equals(entry.Id, id, StringComparison.Ordinal)) return i;
            i = entry.Next;
        }

        return None;
    }

    /// <summary>Asks for the memory that <see cref="Find"/> will read first.</summary>
    public unsafe void FetchBucket(int hash)
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref _buckets[hash & (_buckets.Length - 1)]));
    }

    /// <summary>Asks for the memory that <see cref="Find"/> will read next.</summary>
    public unsafe void FetchEntry(int hash)
    {
        var first = _buckets[hash & (_buckets.Length - 1)];
        if (first != None && Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref this[first]));
    }

    /// <summary>Adds a series that is not there, as the newest.</summary>
    public int Add(string id, int hash, StateSlot slot)
    {
        if (Count == _buckets.Length) Grow();
        var position = _free;
        if (position != None)
        {
            _free = this[position].Next;
        }
        else
        {
            position = Length++;
            if (position >> ChunkBits == _chunks.Count) _chunks.Add(new SeriesEntry[ChunkLength]);
        }

        ref var entry = ref this[position];
        ref var bucket = ref _buckets[hash & (_buckets.Length - 1)];
        entry = new SeriesEntry { Id = id, Slot = slot, Sequence = StreamingEngine.NoSequence, Next = bucket, Newer = None, Older = None };
        bucket = position;
        Append(position, ref entry);
        Count++;
        return position;
    }

    /// <summary>Takes a series out; its position is given to another one later.</summary>
    public void Remove(int position)
    {
        ref var entry = ref this[position];
        ref var link = ref _buckets[HashOf(entry.Id!) & (_buckets.Length - 1)];
        while (link != position) link = ref this[link].Next;
        link = entry.Next;
        Unlink(ref entry);
        entry = new SeriesEntry { Next = _free };
        _free = position;
        Count--;
    }

    /// <summary>Makes a series the newest.</summary>
    public void Touch(int position)
    {
        if (_newest == position) return;
        ref var entry = ref this[position];
        Unlink(ref entry);
        Append(position, ref entry);
    }

    private static int[] NewBuckets(int length)
    {
        var buckets = new int[length];
        Array.Fill(buckets, None);
        return buckets;
    }

    private void Append(int position, ref SeriesEntry entry)
    {
        (entry.Older, entry.Newer) = (_newest, None);
        if (_newest != None) this[_newest].Newer = position;
        else Oldest = position;
        _newest = position;
    }

    private void Unlink(ref SeriesEntry entry)
    {
        if (entry.Older != None) this[entry.Older].Newer = entry.Newer;
        else Oldest = entry.Newer;
        if (entry.Newer != None) this[entry.Newer].Older = entry.Older;
        else _newest = entry.Older;
    }

    private void Grow()
    {
        _buckets = NewBuckets(2 * _buckets.Length);
        for (var i = 0; i < Length; i++)
        {
            ref var entry = ref this[i];
            if (entry.Id is null) continue;
            ref var bucket = ref _buckets[HashOf(entry.Id) & (_buckets.Length - 1)];
            entry.Next = bucket;
            bucket = i;
        }
    }
}
