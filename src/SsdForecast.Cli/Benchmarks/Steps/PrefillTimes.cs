using System.Diagnostics;
using SsdForecast.Runtime;

namespace SsdForecast.Cli.Benchmarks.Steps;

/// <summary>Microseconds an event of taking a long history, by steps and by prefill: one series on one thread, and a series a processor on all.</summary>
/// <param name="Events">Events of a history.</param>
/// <param name="Steps">One by one, one thread.</param>
/// <param name="Prefill">By prefill, one thread.</param>
/// <param name="PrefillWithForecasts">By prefill, one thread, with the forecast of the next step after every event.</param>
/// <param name="PrefillOfOneOnAll">By prefill, all threads at work on the one series.</param>
/// <param name="StepsOnAll">One by one, all threads.</param>
/// <param name="PrefillOnAll">By prefill, all threads.</param>
internal sealed record PrefillTimes(int Events, double Steps, double Prefill, double PrefillWithForecasts, double PrefillOfOneOnAll, double StepsOnAll, double PrefillOnAll)
{
    /// <summary>Measures.</summary>
    public static PrefillTimes Measure(Timing timing, RecurrentModel model, Observation[] events)
    {
        var threads = Environment.ProcessorCount;
        var states = Enumerable.Range(0, threads).Select(_ => new float[model.StateLength]).ToArray();
        var forecasts = new double[events.Length * model.Config.Outputs];
        double Time(int series, Action run) => timing.Median(() =>
        {
            foreach (var state in states) model.InitializeState(state, "series");
            var clock = Stopwatch.StartNew();
            run();
            return clock.Elapsed.TotalMicroseconds / ((double)events.Length * series);
        });
        void Observe(float[] state)
        {
            foreach (ref readonly var o in events.AsSpan()) model.Observe("series", state, o);
        }

        var one = new[] { new SeriesRun("series", states[0], events) };
        var all = states.Select(s => new SeriesRun("series", s, events)).ToArray();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
        return new PrefillTimes(
            events.Length,
            Time(1, () => Observe(states[0])),
            Time(1, () => model.Prefill(one, default, 1)),
            Time(1, () => model.Prefill(one, forecasts, 1)),
            Time(1, () => model.Prefill(one, default, threads)),
            Time(threads, () => Parallel.For(0, threads, parallel, i => Observe(states[i]))),
            Time(threads, () => model.Prefill(all, default, threads)));
    }
}
