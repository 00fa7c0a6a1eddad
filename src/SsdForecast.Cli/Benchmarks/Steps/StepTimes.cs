using System.Diagnostics;
using SsdForecast.Runtime;

namespace SsdForecast.Cli.Benchmarks.Steps;

/// <summary>What events of one series cost on one thread.</summary>
/// <param name="Median">Microseconds an event, half of all below.</param>
/// <param name="P99">Microseconds that 99 of 100 stay below.</param>
/// <param name="AllocatedBytes">Managed memory allocated an event.</param>
internal sealed record StepTimes(double Median, double P99, double AllocatedBytes)
{
    /// <summary>Times each event by itself.</summary>
    /// <param name="model">The model.</param>
    /// <param name="events">Events, oldest first.</param>
    /// <param name="forecasts">Whether to forecast all lead times after each.</param>
    public static StepTimes Measure(Timing timing, RecurrentModel model, Observation[] events, bool forecasts)
    {
        var times = new double[events.Length];
        var state = new float[model.StateLength];
        var output = new double[model.ForecastLength];
        long allocated = 0;
        timing.Warm(Run);
        Run();
        Array.Sort(times);
        return new StepTimes(Timing.Quantile(times, 0.5), Timing.Quantile(times, 0.99), (double)allocated / events.Length);

        void Run()
        {
            model.InitializeState(state, Name);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var t = 0; t < events.Length; t++)
            {
                var start = Stopwatch.GetTimestamp();
                model.Observe(Name, state, events[t]);
                if (forecasts) model.Forecast(state, output);
                times[t] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private const string Name = "series";
}
