using System.Globalization;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Output;
using SsdForecast.Runtime;

namespace SsdForecast.Cli.Benchmarks.Steps;

/// <summary>What the runtime library itself does with a model, without an engine: steps, batches, prefill, int8 weights, and libtorch beside them.</summary>
internal sealed record RuntimeTimes(
    StepTimes Observe, StepTimes ObserveAndForecast, StepTimes Int8, Int8Accuracy Accuracy, BatchTimes Batch, PrefillTimes Prefill, double? TorchMicroseconds, double? TorchDifference,
    string? TorchMissing)
{
    /// <summary>How many times as long the same event takes through libtorch.</summary>
    public double? TorchRatio => TorchMicroseconds / ObserveAndForecast.Median;

    /// <summary>Measures everything in one run.</summary>
    /// <param name="folder">The model.</param>
    /// <param name="events">Timed events of one series.</param>
    /// <param name="series">Series of a batch.</param>
    public static RuntimeTimes Measure(ModelFolder folder, int events, int series)
    {
        var sample = SampleEvents.Create(folder.Config, folder.Preprocessor, events);
        var model = new RecurrentModel(folder);
        var int8 = new RecurrentModel(folder, new RecurrentOptions { Weights = WeightFormat.Int8 });
        var timing = Timing.For(events);
        var torch = Torch(timing, folder, sample);
        return new RuntimeTimes(
            StepTimes.Measure(timing, model, sample, forecasts: false), StepTimes.Measure(timing, model, sample, forecasts: true), StepTimes.Measure(timing, int8, sample, forecasts: true),
            Int8Accuracy.Measure(folder), BatchTimes.Measure(timing, model, series, sample[..Math.Min(sample.Length, 100)]), PrefillTimes.Measure(timing, model, sample),
            torch.Microseconds, torch.Difference, torch.Missing);
    }

    /// <summary>As a table.</summary>
    public void Write(CommandHost host)
    {
        var processors = Environment.ProcessorCount;
        var table = new TextTable("runtime", "µs/event", "99 % below", "bytes/event", "events/s");
        void Step(string what, StepTimes t) => table.Add(what, Text(t.Median), Text(t.P99), Numbers.Count(t.AllocatedBytes), Numbers.Count(1e6 / t.Median));
        void Rate(string what, double perSecond) => table.Add(what, Text(1e6 / perSecond), "", "", Numbers.Count(perSecond));
        Step("observe, one thread", Observe);
        Step("observe and forecast all lead times, one thread", ObserveAndForecast);
        Step("the same, int8 weights", Int8);
        if (TorchMicroseconds is { } torch) Rate("the same, stepped through libtorch", 1e6 / torch);
        Rate($"batches of one event of {Numbers.Count(Batch.Series)} series, with forecasts, {processors} threads", Batch.OneEvent);
        Rate("batches of four events of each", Batch.FourEvents);
        Rate("their states read and written, nothing computed", Batch.MemoryOnly);
        Rate($"a history of {Numbers.Count(Prefill.Events)} events by steps, one thread", 1e6 / Prefill.Steps);
        Rate("by prefill, one thread", 1e6 / Prefill.Prefill);
        Rate("by prefill with the forecast after every event, one thread", 1e6 / Prefill.PrefillWithForecasts);
        Rate($"by prefill, {processors} threads on the one history", 1e6 / Prefill.PrefillOfOneOnAll);
        Rate($"a history a thread by steps, {processors} threads", 1e6 / Prefill.StepsOnAll);
        Rate($"a history a thread by prefill, {processors} threads", 1e6 / Prefill.PrefillOnAll);
        table.Write(host);
        if (TorchRatio is { } ratio)
            host.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"libtorch takes {ratio:F0} times as long{(TorchDifference is { } d && double.IsFinite(d) ? $"; last forecasts differ by {Numbers.Relative(d)}" : "")}"));
        else
            host.Out.WriteLine($"libtorch was not measured: {TorchMissing}");
        host.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"prefill is {Prefill.Steps / Prefill.Prefill:F1} times as fast as steps on one thread, {Prefill.Steps / Prefill.PrefillOfOneOnAll:F1} times on {processors}; with a history a thread {Prefill.StepsOnAll / Prefill.PrefillOnAll:F1} times"));
        host.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"int8 differs from float32 by {Accuracy.Typical:G2} σ typically, by less than {Accuracy.Usual:G2} σ at 95 of 100 events (bound for other events {Accuracy.Bound:G2} σ), by {Accuracy.Largest:G2} σ at most; {Numbers.Count(Accuracy.Events)} made-up events"));
        host.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"memory moves {Batch.GigabytesPerSecond:F0} GB/s: batches of one event reach {100 * Batch.OneEvent / Batch.MemoryOnly:F0} % of what it allows"));
    }

    private static (double? Microseconds, double? Difference, string? Missing) Torch(Timing timing, ModelFolder folder, Observation[] sample)
    {
        try
        {
            var (microseconds, difference) = TorchStep.Measure(timing, folder, sample);
            return (microseconds, difference, null);
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or FileNotFoundException)
        {
            return (null, null, "libtorch is not there (ssdf doctor)");
        }
    }

    private static string Text(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
}
