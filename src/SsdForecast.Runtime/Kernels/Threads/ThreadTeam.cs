namespace SsdForecast.Runtime.Kernels;

/// <summary>
/// The threads that kernels run on. By default those of the .NET pool; a program in which another library has threads of its own that wait by
/// spinning (OpenMP's do, for milliseconds after each of its loops) lends them to the kernels instead, or both would fight for the same cores.
/// </summary>
public abstract class ThreadTeam
{
    private static volatile ThreadTeam current = new PoolTeam();

    /// <summary>The team of this process. No result depends on it, to the bit.</summary>
    /// <exception cref="ArgumentNullException">Set to null.</exception>
    public static ThreadTeam Current
    {
        get => current;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            current = value;
        }
    }

    /// <summary>Runs <paramref name="work"/> on the calling thread and on as many others as make up <paramref name="threads"/>, or on fewer, and returns
    /// when all have returned. An exception of one of them is thrown here.</summary>
    /// <param name="threads">Most threads, at least 1.</param>
    /// <param name="work">Takes pieces of the work until none is left; may be called by several threads at once.</param>
    public abstract void Run(int threads, Action work);

    private sealed class PoolTeam : ThreadTeam
    {
        public override void Run(int threads, Action work)
            => Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ => work());
    }
}
