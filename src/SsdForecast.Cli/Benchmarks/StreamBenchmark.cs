using System.Globalization;
using SsdForecast.Cli.Benchmarks.Steps;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Output;
using SsdForecast.Cli.Settings;
using SsdForecast.Data;
using SsdForecast.Runtime;

namespace SsdForecast.Cli.Benchmarks;

/// <summary>
/// The cost of an event: in the runtime library by itself, then in an engine, all threads over many series, singly and in batches, beside the same over
/// <see cref="FewSeries"/>. Medians of five runs. And the memory of a series.
/// </summary>
internal static class StreamBenchmark
{
    private const int FewSeries = 10_000;

    public static int Execute(CommandHost host, string? folder, StreamBenchmarkSize size, bool json)
    {
        var (events, series) = (size.Events, size.Series);
        var files = folder is not null ? ModelFolder.Load(DataFile.RequireModel(folder)) : size.Small ? RandomModel.CreateSmall() : RandomModel.Create(size.Horizon);
        var model = new RecurrentModel(files);
        var runtime = RuntimeTimes.Measure(files, events, Math.Min(series, FewSeries));
        var few = series > FewSeries ? Load(model, FewSeries, 0, events) : default;
        var many = Load(model, series, size.Resident, events);
        var state = 4 * model.StateLength;
        var name = folder ?? $"a model of the {(size.Small ? "smallest" : "default")} size with random weights";
        if (json)
        {
            ResultJson.Write(host.Out, new
            {
                Model = name,
                model.Config.Lookback,
                model.Config.Horizon,
                Events = events,
                Runtime = runtime,
                Threads = Environment.ProcessorCount,
                Series = series,
                size.Resident,
                EventsPerSecond = 1e6 / many.Singly,
                EventsPerSecondInBatches = 1e6 / many.Batches,
                EventsPerSecondOfFewSeries = series > FewSeries ? 1e6 / few.Singly : (double?)null,
                EventsPerSecondInBatchesOfFewSeries = series > FewSeries ? 1e6 / few.Batches : (double?)null,
                StateBytes = state,
                BytesPerSeries = many.Bytes,
            });
            return ExitCodes.Good;
        }

        host.Out.WriteLine($"{name}: lookback {model.Config.Lookback}, horizon {model.Config.Horizon}, {model.Config.Outputs} quantiles");
        runtime.Write(host);
        host.Out.WriteLine();
        var table = new TextTable("engine, every event with its forecast", "µs/event", "events/s");
        void Rows(int count, int resident, (double Singly, double Batches, double Bytes) load)
        {
            var what = $"{Environment.ProcessorCount} threads over {Numbers.Count(count)} series" + (resident > 0 ? $", {Numbers.Count(resident)} of them in memory" : "");
            table.Add($"singly, {what}", Text(load.Singly), Numbers.Count(1e6 / load.Singly)).Add($"in batches, {what}", Text(load.Batches), Numbers.Count(1e6 / load.Batches));
        }

        if (series > FewSeries) Rows(FewSeries, 0, few);
        Rows(series, size.Resident, many);
        table.Write(host);
        host.Out.WriteLine($"{Numbers.Count(many.Bytes)} bytes a series in memory: state {Numbers.Count(state)}, all else {Numbers.Count(many.Bytes - state)}");
        if (series > FewSeries) host.Out.WriteLine(FormattableString.Invariant($"over {Numbers.Count(series)} series {100 * few.Singly / many.Singly:F0} % of the events/s over {Numbers.Count(FewSeries)}, in batches {100 * few.Batches / many.Batches:F0} %"));
        return ExitCodes.Good;
    }

    /// <summary>The event of a round, the same for all series.</summary>
    public static Observation At(RecurrentModel model, int t)
    {
        var step = model.Preprocessor.Step > TimeSpan.Zero ? model.Preprocessor.Step : TimeSpan.FromHours(1);
        var scaler = model.Preprocessor.ScalerOf(Preprocessor.DefaultSeries);
        var (past, known) = (model.Config.PastCovariates, model.Config.Horizon * model.Config.KnownCovariates);
        return new Observation(new DateTime(2024, 1, 1) + (step * t), scaler.Unscale(Math.Sin(t * 0.26)), past > 0 ? new double[past] : default, known > 0 ? new double[known] : default);
    }

    private static (double Singly, double Batches, double Bytes) Load(RecurrentModel model, int series, int resident, int events)
    {
        using var load = new EngineLoad(model, series, resident);
        var timing = Timing.For(events);
        return (timing.Median(() => load.Singly(events)), timing.Median(() => load.Batches(events)), load.BytesPerSeries);
    }

    private static string Text(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
}

/// <summary>How much <c>ssdf benchmark stream</c> measures.</summary>
/// <param name="Events">Timed events of a run.</param>
/// <param name="Series">Series of the engine.</param>
/// <param name="Resident">Of them in memory; 0 for all.</param>
/// <param name="Small">The smallest model, not that of the default size.</param>
/// <param name="Horizon">Lead times of the model of the default size.</param>
internal sealed record StreamBenchmarkSize(int Events, int Series, int Resident, bool Small, int Horizon);
