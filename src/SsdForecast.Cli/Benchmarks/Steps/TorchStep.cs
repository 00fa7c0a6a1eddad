using System.Diagnostics;
using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Torch.Networks;
using SsdForecast.Torch.Windows;
using static TorchSharp.torch;

namespace SsdForecast.Cli.Benchmarks.Steps;

/// <summary>
/// The same model stepped through libtorch: its causal network with carried state, one event at a time, on the CPU and without gradients. The windows are
/// on the device before the clock starts.
/// </summary>
internal static class TorchStep
{
    private const int MostEvents = 300;

    /// <summary>The median of an event with its forecast, and how far the last forecasts of lead time 1 lie from the runtime's, relative.</summary>
    /// <param name="folder">The model; without covariates the forecasts are compared.</param>
    /// <param name="events">Events of one series; the first few are taken.</param>
    public static (double Microseconds, double Difference) Measure(Timing timing, ModelFolder folder, Observation[] events)
    {
        events = events[..Math.Min(events.Length, MostEvents)];
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var network = (CausalNetwork)ForecastNetwork.Create(folder.Config);
        foreach (var (name, parameter) in network.named_parameters())
            parameter.copy_(tensor(folder.Weights.Float32(name, parameter.shape), parameter.shape));
        network.eval();
        using var rows = SeriesTensors.From(Table(folder, events), folder.Preprocessor, folder.Config, new Device("cpu"));
        var windows = Enumerable.Range(0, events.Length).Select(t => rows.Gather([new Window(0, t, events.Length)], 1)).ToArray();

        var times = new double[events.Length];
        float[] last = [];
        timing.Warm(Run);
        Run();
        Array.Sort(times);
        return (Timing.Quantile(times, 0.5), Difference(folder, events, last));

        void Run()
        {
            CausalState? state = null;
            for (var t = 0; t < windows.Length; t++)
            {
                var start = Stopwatch.GetTimestamp();
                using var inner = NewDisposeScope();
                var (output, after) = network.Run(windows[t], state);
                last = output.Quantiles().flatten().data<float>().ToArray();
                var kept = after.Keep();
                state?.Free();
                state = kept;
                times[t] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            }

            state?.Free();
        }
    }

    private static SeriesTable Table(ModelFolder folder, Observation[] events)
    {
        var preprocessor = folder.Preprocessor;
        var random = new Random(1);
        double[] Column(string name) => [.. events.Select(_ => preprocessor.CovariateScalerOf(name).Unscale(random.NextDouble()))];
        var times = events.Select(e => e.Time).ToArray();
        var index = !preprocessor.HasTimestamps ? TimeIndex.Ordinal(events.Length)
            : preprocessor.Frequency is { } frequency ? TimeIndex.Regular(times[0], frequency, events.Length)
            : TimeIndex.Irregular(times);
        var series = new Series(
            "series", index, [.. events.Select(e => e.Value)],
            preprocessor.PastCovariates.Concat(preprocessor.KnownCovariates).ToDictionary(name => name, Column),
            preprocessor.StaticCovariates.ToDictionary(name => name, name => preprocessor.CovariateScalerOf(name).Mean));
        return new SeriesTable([series]);
    }

    private static double Difference(ModelFolder folder, Observation[] events, float[] last)
    {
        var config = folder.Config;
        if (config.PastCovariates + config.KnownCovariates + config.StaticCovariates > 0) return double.NaN;
        var model = new RecurrentModel(folder);
        var state = model.CreateState("series");
        foreach (var o in events) model.Observe(state, o);
        var forecast = model.Forecast(state);
        var scaler = folder.Preprocessor.ScalerOf("series");
        double difference = 0, norm = 0;
        for (var q = 0; q < config.Outputs; q++)
        {
            var own = scaler.Scale(forecast.Values[0, q]);
            difference += Math.Pow(own - last[q], 2);
            norm += own * own;
        }

        return Math.Sqrt(difference / norm);
    }
}
