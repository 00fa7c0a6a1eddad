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

    /// <summary>Bytes asked for in fifty steps of a series, each with the forecast after it; the least of four rounds, after 200 steps.</summary>
    /// <param name="model">The model.</param>
    /// <param name="state">The state of a series that has not begun.</param>
    /// <param name="events">400 events.</param>
    public static long OfSteps(RecurrentModel model, float[] state, Observation[] events)
    {
        var values = new double[model.ForecastLength];
        void Run(ReadOnlySpan<Observation> part)
        {
            foreach (ref readonly var o in part)
            {
                model.Observe("a", state, o);
                model.Forecast(state, values);
            }
        }

        Run(events.AsSpan(0, 200));
        return Least(4, round => Run(events.AsSpan(200 + (50 * round), 50)));
    }
}
