using System.Buffers;

namespace SsdForecast.Streaming;

/// <summary>The events of a batch by shard, in their order within each: a counting sort, in memory of the pool's.</summary>
internal readonly struct BatchSplit : IDisposable
{
    private readonly (int Event, int Hash)[] _events;
    private readonly int[] _ends;

    /// <summary>Splits a batch.</summary>
    /// <param name="events">The events.</param>
    /// <param name="shards">Number of shards.</param>
    /// <param name="shardOf">The shard of a series by its id, and the id's hash.</param>
    /// <exception cref="ArgumentException">As <paramref name="shardOf"/> throws it for an id.</exception>
    public BatchSplit(ReadOnlySpan<SeriesEvent> events, int shards, ShardOf shardOf)
    {
        _ends = new int[shards];
        var of = ArrayPool<(int Shard, int Hash)>.Shared.Rent(events.Length);
        _events = ArrayPool<(int Event, int Hash)>.Shared.Rent(events.Length);
        try
        {
            for (var e = 0; e < events.Length; e++)
            {
                var shard = shardOf(events[e].SeriesId, out var hash);
                of[e] = (shard, hash);
                _ends[shard]++;
            }

            var begin = 0;
            for (var s = 0; s < shards; s++) (begin, _ends[s]) = (begin + _ends[s], begin);
            for (var e = 0; e < events.Length; e++) _events[_ends[of[e].Shard]++] = (e, of[e].Hash);
        }
        catch
        {
            Dispose();
            throw;
        }
        finally
        {
            ArrayPool<(int Shard, int Hash)>.Shared.Return(of);
        }
    }

    /// <summary>The shard of a series, and the hash of its id.</summary>
    public delegate int ShardOf(string seriesId, out int hash);

    /// <summary>The events of a shard: which of the batch, and the hashes of their ids.</summary>
    public ReadOnlySpan<(int Event, int Hash)> this[int shard] => _events.AsSpan((shard == 0 ? 0 : _ends[shard - 1])..(_ends[shard]));

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => ArrayPool<(int Event, int Hash)>.Shared.Return(_events);
}
