using System.Diagnostics;
using System.Globalization;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Output;
using SsdForecast.Cli.Settings;
using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Streaming;

namespace SsdForecast.Cli.Benchmarks;

/// <summary>The cost of an event: one thread and one series, then all threads over many series. Medians of five runs.</summary>
internal static class StreamBenchmark
{
    private const int Runs = 5;

    public static int Execute(CommandHost host, string? folder, int events, int seriesCount, bool json)
    {
        var model = folder is null ? RandomModel.Create() : RecurrentModel.Load(DataFile.RequireModel(folder));
        var observe = Median(() => Single(model, events, forecasts: false));
        var forecast = Median(() => Single(model, events, forecasts: true));
        var many = Median(() => Many(model, events, seriesCount));
        if (json)
        {
            ResultJson.Write(host.Out, new
            {
                Model = folder ?? "default size, random weights",
                model.Config.Lookback,
                model.Config.Horizon,
                Events = events,
                ObserveMicroseconds = observe,
                ObserveAndForecastMicroseconds = forecast,
                Threads = Environment.ProcessorCount,
                Series = seriesCount,
                EventsPerSecond = 1e6 / many,
                StateBytes = 4 * model.StateLength,
            });
            return ExitCodes.Good;
        }
        host.Out.WriteLine($"{folder ?? "a model of the default size with random weights"}: lookback {model.Config.Lookback}, horizon {model.Config.Horizon}, {model.Config.Outputs} quantiles, {Numbers.Count(4.0 * model.StateLength)} bytes a series");
        new TextTable("what", "µs an event", "events/s")
            .Add("observe, one thread", Text(observe), Numbers.Count(1e6 / observe))
            .Add("observe and forecast all lead times, one thread", Text(forecast), Numbers.Count(1e6 / forecast))
            .Add($"the same, {Environment.ProcessorCount} threads over {Numbers.Count(seriesCount)} series", Text(many), Numbers.Count(1e6 / many))
            .Write(host);
        return ExitCodes.Good;
    }

    private static double Single(RecurrentModel model, int events, bool forecasts)
    {
        var state = new float[model.StateLength];
        model.InitializeState(state, "series");
        var output = new double[model.ForecastLength];
        var clock = Stopwatch.StartNew();
        for (var t = 0; t < events; t++)
        {
            model.Observe("series", state, At(model, t));
            if (forecasts) model.Forecast(state, output);
        }
        return clock.Elapsed.TotalMicroseconds / events;
    }

    private static double Many(RecurrentModel model, int events, int seriesCount)
    {
        var engine = new StreamingEngine(model);
        var ids = Enumerable.Range(0, seriesCount).Select(i => string.Create(CultureInfo.InvariantCulture, $"series-{i}")).ToArray();
        var threads = Environment.ProcessorCount;
        var clock = Stopwatch.StartNew();
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            var output = new double[model.ForecastLength];
            // A series belongs to one thread, so that its events stay in order.
            var (position, time) = (thread, 0);
            for (var e = thread; e < events; e += threads)
            {
                if (position >= ids.Length) (position, time) = (thread % ids.Length, time + 1);
                engine.Observe(ids[position], At(model, time), output);
                position += threads;
            }
        });
        return clock.Elapsed.TotalMicroseconds / events;
    }

    private static Observation At(RecurrentModel model, int t)
    {
        var step = model.Preprocessor.Step > TimeSpan.Zero ? model.Preprocessor.Step : TimeSpan.FromHours(1);
        var scaler = model.Preprocessor.ScalerOf(Preprocessor.DefaultSeries);
        return new Observation(
            new DateTime(2024, 1, 1) + (step * t),
            scaler.Unscale(Math.Sin(t * 0.26)),
            new double[model.Config.PastCovariates],
            new double[model.Config.Horizon * model.Config.KnownCovariates]);
    }

    private static double Median(Func<double> run)
    {
        // The first run pays for compilation.
        run();
        return Enumerable.Range(0, Runs).Select(_ => run()).Order().ElementAt(Runs / 2);
    }

    private static string Text(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
}
