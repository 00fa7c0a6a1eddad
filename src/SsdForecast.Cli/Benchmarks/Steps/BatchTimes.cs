using System.Diagnostics;
using System.Runtime.InteropServices;
using SsdForecast.Runtime;

namespace SsdForecast.Cli.Benchmarks.Steps;

/// <summary>Events a second of batches over many series, all threads, each event with its forecast.</summary>
/// <param name="Series">Number of series.</param>
/// <param name="OneEvent">A batch holds one event of each series: every state comes from memory and goes back there for each event.</param>
/// <param name="FourEvents">A batch holds four of each, which meet the state in the cache.</param>
/// <param name="MemoryOnly">The same states read and written and nothing computed: what the machine's memory allows for one event each.</param>
/// <param name="GigabytesPerSecond">Bytes read and written a second at that.</param>
internal sealed record BatchTimes(int Series, double OneEvent, double FourEvents, double MemoryOnly, double GigabytesPerSecond)
{
    private const int StatesOfSlab = 100;

    /// <summary>Measures.</summary>
    /// <param name="model">The model.</param>
    /// <param name="series">Number of series.</param>
    /// <param name="events">Events of one series, enough for all batches; all series take the same.</param>
    public static BatchTimes Measure(Timing timing, RecurrentModel model, int series, Observation[] events)
    {
        var states = States(model, series);
        var next = 0;
        double Batches(int count)
        {
            var runs = new SeriesRun[series];
            var forecasts = new double[series * count * model.ForecastLength];
            return series * count / timing.Median(() =>
            {
                if (next + count > events.Length) next = Restart(model, states);
                var batch = events.AsMemory(next, count);
                next += count;
                for (var i = 0; i < series; i++) runs[i] = new SeriesRun("series", states[i], batch);
                var clock = Stopwatch.StartNew();
                model.ObserveBatch(runs, forecasts);
                return clock.Elapsed.TotalSeconds;
            });
        }

        var (one, four) = (Batches(1), Batches(4));
        var bytes = 2.0 * sizeof(float) * model.StateLength * series;
        var memory = timing.Median(() => Touch(states));
        return new BatchTimes(series, one, four, series / memory, bytes / memory / 1e9);
    }

    private static Memory<float>[] States(RecurrentModel model, int series)
    {
        var states = new Memory<float>[series];
        for (var i = 0; i < series; i += StatesOfSlab)
        {
            var slab = Aligned(Math.Min(StatesOfSlab, series - i) * model.StateLength);
            for (var k = 0; k * model.StateLength < slab.Length; k++) states[i + k] = slab.Slice(k * model.StateLength, model.StateLength);
        }

        Restart(model, states);
        return states;
    }

    private static int Restart(RecurrentModel model, Memory<float>[] states)
    {
        foreach (var state in states) model.InitializeState(state.Span, "series");
        return 0;
    }

    /// <summary>Reads and writes all states with as many threads as there are processors.</summary>
    /// <returns>Seconds.</returns>
    private static double Touch(Memory<float>[] states)
    {
        var threads = Environment.ProcessorCount;
        var clock = Stopwatch.StartNew();
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            for (var i = (int)((long)states.Length * thread / threads); i < (int)((long)states.Length * (thread + 1) / threads); i++)
            {
                // Flips a bit of every 16 bytes, and flips it back the next time but one: floats are only moved.
                foreach (ref var v in MemoryMarshal.Cast<float, System.Runtime.Intrinsics.Vector512<uint>>(states[i].Span)) v ^= System.Runtime.Intrinsics.Vector512<uint>.One;
            }
        });
        return clock.Elapsed.TotalSeconds;
    }

    private static unsafe Memory<float> Aligned(int length)
    {
        const int Line = 64;
        var array = GC.AllocateArray<float>(length + (Line / sizeof(float)), pinned: true);
        var past = (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array)) % Line;
        return array.AsMemory((int)((Line - past) % Line / sizeof(float)), length);
    }
}
