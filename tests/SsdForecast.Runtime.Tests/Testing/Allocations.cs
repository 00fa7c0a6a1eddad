namespace SsdForecast.Runtime.Tests;

/// <summary>Memory that a thread asks for.</summary>
public static class Allocations
{
    /// <summary>
    /// Bytes asked for in a round of work, the least of some: the runtime asks for a little on the thread itself where it puts a better compiled method in place, or where a
    /// collection of other tests' garbage has emptied a pool.
    /// </summary>
    /// <param name="rounds">Rounds, of which each does as much.</param>
    /// <param name="run">Does a round, by number.</param>
    public static long Least(int rounds, Action<int> run)
    {
        var least = long.MaxValue;
        for (var round = 0; round < rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            run(round);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
