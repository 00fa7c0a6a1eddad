using System.Runtime.ExceptionServices;

namespace SsdForecast.Runtime;

/// <summary>
/// Runs numbered pieces of work on a bounded number of threads, in whatever order. The caller works too and, when nothing is left to claim, waits only for
/// helpers that have begun: <see cref="Parallel"/> would wait for those that still stand in the queue of the thread pool, half a second where the pool is idle
/// and seconds where it is full.
/// </summary>
internal static class ParallelClaims
{
    /// <summary>Returns when all pieces are done; the first exception of one is thrown as it is, and what was not begun by then is left.</summary>
    /// <param name="pieces">Number of pieces.</param>
    /// <param name="threads">Most threads; 0 for one a processor.</param>
    /// <param name="work">Called with each number.</param>
    public static void Run(int pieces, int threads, Action<int> work)
    {
        var workers = Math.Min(threads == 0 ? Environment.ProcessorCount : threads, pieces);
        if (workers <= 1)
        {
            for (var piece = 0; piece < pieces; piece++) work(piece);
            return;
        }

        var team = new Team(pieces, work);
        for (var helper = 1; helper < workers; helper++) ThreadPool.UnsafeQueueUserWorkItem(team, preferLocal: false);
        team.Work();
        team.Close();
    }

    private sealed class Team(int pieces, Action<int> work) : IThreadPoolWorkItem
    {
        // A plain object: Monitor can wait on it.
        private readonly object _gate = new();
        private int _next = -1;
        private int _helpers;
        private bool _closed;
        private Exception? _first;

        public void Execute()
        {
            lock (_gate)
            {
                if (_closed) return;
                _helpers++;
            }

            Work();
            lock (_gate)
            {
                _helpers--;
                Monitor.Pulse(_gate);
            }
        }

        public void Work()
        {
            try
            {
                for (int piece; (piece = Interlocked.Increment(ref _next)) < pieces;) work(piece);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref _first, e, null);
                Volatile.Write(ref _next, pieces);
            }
        }

        public void Close()
        {
            lock (_gate)
            {
                _closed = true;
                while (_helpers > 0) Monitor.Wait(_gate);
            }

            if (_first is { } first) ExceptionDispatchInfo.Throw(first);
        }
    }
}
