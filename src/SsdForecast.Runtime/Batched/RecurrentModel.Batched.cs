namespace SsdForecast.Runtime;

public sealed partial class RecurrentModel
{
    // Tiles that a thread claims at once: neighbours in memory stay with one thread.
    private const int TilesAClaim = 16;

    /// <summary>
    /// Takes events of many series, each of the states changed just as if its events had been given to
    /// <see cref="Observe(string, Span{float}, in Observation)"/> one after another, bit for bit and whatever the batch or the number of threads: the
    /// matrices are multiplied for several series at once. Several events of a series in one run cost less than one in each of several batches,
    /// for its state then stays in the cache. An event that cannot be taken is left out and named in the answer; all others are taken.
    /// </summary>
    /// <param name="runs">The series with their events. No two may share a state: that is not checked.</param>
    /// <param name="forecasts">
    /// Room for the forecast after each event, <c>(events, H, Q)</c>, in the order of runs and of events in a run, those of refused events left as they
    /// were; empty for none.
    /// </param>
    /// <param name="maxDegreeOfParallelism">Most threads; 0 for one a processor.</param>
    /// <returns>The events that were not taken, in order.</returns>
    /// <exception cref="ArgumentException">A state or the output is too short, or a negative number of threads.</exception>
    public IReadOnlyList<RefusedEvent> ObserveBatch(ReadOnlyMemory<SeriesRun> runs, Memory<double> forecasts = default, int maxDegreeOfParallelism = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxDegreeOfParallelism);
        var firsts = CheckRuns(runs.Span, out var events);
        if (!forecasts.IsEmpty && forecasts.Length < (long)events * ForecastLength)
            throw new ArgumentException($"{forecasts.Length} numbers of room for {events} forecasts of {ForecastLength}", nameof(forecasts));
        var order = ByLength(runs.Span);
        var tiles = (order.Length + BatchedStep.Tile - 1) / BatchedStep.Tile;
        var tilesAClaim = maxDegreeOfParallelism == 1 ? Math.Max(1, tiles) : TilesAClaim;
        var claims = (tiles + tilesAClaim - 1) / tilesAClaim;
        var refused = new RefusedEvents();
        ParallelClaims.Run(claims, maxDegreeOfParallelism, claim =>
        {
            var (first, end) = (claim * tilesAClaim * BatchedStep.Tile, Math.Min(order.Length, (claim + 1) * tilesAClaim * BatchedStep.Tile));
            for (var at = first; at < end; at += BatchedStep.Tile)
            {
                var middle = Math.Min(at + BatchedStep.Tile, end);
                var tile = order.AsSpan(at, middle - at);
                var next = order.AsSpan(middle, Math.Min(BatchedStep.Tile, end - middle));
                _batched.Take(runs.Span, tile, next, firsts, forecasts.Span, refused.Add);
            }
        });
        return refused.InOrder;
    }

    /// <summary>For each run the number of its first event in the batch.</summary>
    private int[] CheckRuns(ReadOnlySpan<SeriesRun> runs, out int events)
    {
        var firsts = new int[runs.Length];
        events = 0;
        for (var i = 0; i < runs.Length; i++)
        {
            if (runs[i].State.Length < StateLength)
                throw new ArgumentException($"run {i}, series '{runs[i].SeriesId}': a state of this model has {StateLength} floats, not {runs[i].State.Length}", nameof(runs));
            firsts[i] = events;
            events = checked(events + runs[i].Events.Length);
        }

        return firsts;
    }

    /// <summary>The runs with events, those of equal length together: a tile takes as many rounds as its longest run.</summary>
    private static int[] ByLength(ReadOnlySpan<SeriesRun> runs)
    {
        var order = new int[runs.Length];
        var lengths = new int[runs.Length];
        var (count, equal) = (0, true);
        for (var i = 0; i < runs.Length; i++)
        {
            var length = runs[i].Events.Length;
            if (length == 0) continue;
            lengths[count] = -length;
            order[count++] = i;
            equal &= length == -lengths[0];
        }

        // Sorting is not stable, and need not be: results do not depend on the order.
        if (!equal) lengths.AsSpan(0, count).Sort(order.AsSpan(0, count));
        return count == order.Length ? order : order[..count];
    }
}
