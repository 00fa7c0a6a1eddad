namespace SsdForecast.Runtime;

/// <summary>Runs numbered pieces of work on a bounded number of threads, in whatever order.</summary>
internal static class ParallelClaims
{
    /// <summary>Returns when all pieces are done; an exception of one is thrown as it is.</summary>
    /// <param name="threads">Most threads; 0 for one a processor.</param>
    public static void Run(int pieces, int threads, Action<int> work)
    {
        var workers = Math.Min(threads == 0 ? Environment.ProcessorCount : threads, pieces);
        if (workers <= 1)
        {
            for (var piece = 0; piece < pieces; piece++) work(piece);
            return;
        }

        var next = -1;
        try
        {
            Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, _ =>
            {
                for (int piece; (piece = Interlocked.Increment(ref next)) < pieces;) work(piece);
            });
        }
        catch (AggregateException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
