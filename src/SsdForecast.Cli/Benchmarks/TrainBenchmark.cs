using System.Globalization;
using SsdForecast.Cli.Fitting;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Output;
using SsdForecast.Cli.Settings;
using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Torch.Cuda;
using SsdForecast.Torch.Forecasters;
using SsdForecast.Torch.Training;
using static TorchSharp.torch;

namespace SsdForecast.Cli.Benchmarks;

/// <summary>
/// The time of a training step and of its parts, optimizer and all; a sample is a position at which a forecast is learned. On a GPU each model is timed twice in the
/// same run: with the fused kernels, and made of torch's operators (chunked form, convolution and norms apart).
/// </summary>
internal static class TrainBenchmark
{
    private const int UsualSteps = 50;

    /// <summary>A step of the direct model takes seconds on a CPU.</summary>
    private const int StepsOnCpu = 3;

    private sealed record Row(string Model, string Data, string Device, string Precision, string Form, int Steps, int BatchSize, StepTimes Times)
    {
        /// <summary>How many times as fast as torch's operators.</summary>
        public double? Ratio { get; init; }
    }

    public static int Execute(CommandHost host, SettingValues? config, SettingValues options, int? steps, bool json)
    {
        var rows = (config is null ? Usual(options, steps) : Configured(config, steps ?? UsualSteps)).ToArray();
        if (json)
        {
            var results = rows.Select(r => new
            {
                r.Model,
                r.Data,
                r.Device,
                r.Precision,
                r.Form,
                r.Steps,
                r.BatchSize,
                r.Times.Parameters,
                r.Times.SamplesPerSecond,
                r.Times.MillisecondsPerStep,
                DataShare = r.Times.Data,
                ForwardShare = r.Times.Forward,
                BackwardShare = r.Times.Backward,
                OptimizerShare = r.Times.Optimizer,
                r.Times.DeviceMilliseconds,
                r.Times.DeviceBusy,
                TimesAsFast = r.Ratio,
            }).ToArray();
            if (results.Length == 1) ResultJson.Write(host.Out, results[0]);
            else ResultJson.Write(host.Out, results);
            return ExitCodes.Good;
        }
        var gpu = rows.Any(r => r.Device != "cpu");
        string[] usual = ["model", "data", "device", "precision", "batch", "parameters", "samples/s", "ms/step", "data", "forward", "backward", "optimizer"];
        var table = new TextTable(gpu ? [.. usual, "form", "GPU ms", "GPU busy", "times as fast"] : usual);
        foreach (var r in rows)
        {
            string[] cells =
            [
                r.Model, r.Data, r.Device, r.Precision, $"{r.BatchSize}", Numbers.Count(r.Times.Parameters), Numbers.Count(r.Times.SamplesPerSecond), Numbers.Score(r.Times.MillisecondsPerStep),
                Numbers.Percent(r.Times.Data), Numbers.Percent(r.Times.Forward), Numbers.Percent(r.Times.Backward), Numbers.Percent(r.Times.Optimizer),
            ];
            string[] device = [r.Form, r.Times.DeviceMilliseconds is { } ms ? Numbers.Score(ms) : "", r.Times.DeviceBusy is { } busy ? Numbers.Percent(busy) : "", r.Ratio is { } ratio ? Numbers.Score(ratio) : ""];
            table.Add(gpu ? [.. cells, .. device] : cells);
        }
        table.Write(host);
        if (gpu)
        {
            host.Out.WriteLine("GPU ms: a step that was queued while the device was held back, so that it never waits for the host; GPU busy: its part of ms/step");
            var use = KernelUse.SoFar;
            host.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first use: {use.Compiled} kernels compiled in {use.Compiling.TotalSeconds:F1} s, {use.Loaded} loaded in {use.Loading.TotalSeconds:F2} s"));
        }
        return ExitCodes.Good;
    }

    private static IEnumerable<Row> Configured(SettingValues values, int steps)
    {
        if (!values.Has(SettingTable.Horizon)) values.Set(SettingTable.Horizon, ["48"], SettingTable.Horizon.Option);
        var table = DataFile.Load(RunSettings.DataPath(values), SchemaSettings.Schema(values), null);
        return Measure(table, Path.GetFileName(table.Source) ?? "", FitPlan.Model(values), FitPlan.Training(values, null), steps);
    }

    /// <summary>
    /// The defaults of <c>ssdf fit</c> on sixteen hourly series, and a window model as for ETTm1: its rows and seven channels, 256 windows of each a step.
    /// </summary>
    private static IEnumerable<Row> Usual(SettingValues options, int? steps)
    {
        var training = FitPlan.Training(options, null);
        // What a GPU is good at; a CPU's kernels are of float32.
        if (training.Device != "cpu" && !options.Has(SettingTable.DType)) training = training with { ComputeType = ScalarType.BFloat16 };
        var kind = options.Choice<ForecasterKind>(SettingTable.Kind);
        if (kind is null or ForecasterKind.Causal)
            foreach (var row in Measure(MadeUp(16, 4000, Frequency.Hourly, 24), "16 × 4,000", new ForecasterOptions { Horizon = 48 }, training, steps ?? UsualSteps)) yield return row;
        if (kind is null or ForecasterKind.Direct)
        {
            var model = new ForecasterOptions { Kind = ForecasterKind.Direct, Horizon = 96, Lookback = 336, Layers = 3, Block = new BlockConfig { DModel = 128 }, Calendar = false };
            var few = training.Device == "cpu" ? StepsOnCpu : UsualSteps;
            foreach (var row in Measure(MadeUp(7, 57_600, Frequency.Parse("15min"), 96), "7 × 57,600", model, training with { BatchSize = 256 * 7 }, steps ?? few)) yield return row;
        }
    }

    private static IEnumerable<Row> Measure(SeriesTable table, string data, ForecasterOptions model, TrainingOptions training, int steps)
    {
        var kind = model.Kind == ForecasterKind.Causal ? "causal" : "direct";
        var batch = training.BatchSize > 0 ? training.BatchSize : training.SequenceChunk > 0 ? 1 : model.Kind == ForecasterKind.Causal ? 16 : 64;
        Row Of(bool fused) => new(
            kind, data, training.Device, training.ComputeType.ToString().ToLowerInvariant(), fused ? "fused" : "operators", steps, batch, StepTimes.Measure(table, model, training, steps, fused));
        var row = Of(fused: true);
        if (training.Device == "cpu")
        {
            yield return row;
            yield break;
        }
        var operators = Of(fused: false);
        yield return row with { Ratio = operators.Times.MillisecondsPerStep / row.Times.MillisecondsPerStep };
        yield return operators;
    }

    /// <summary>Series with a day and noise.</summary>
    private static SeriesTable MadeUp(int series, int rows, Frequency step, int day)
    {
        var random = new Random(1);
        var index = TimeIndex.Regular(new DateTime(2024, 1, 1), step, rows);
        return new SeriesTable([.. Enumerable.Range(0, series).Select(s => new Series(
            $"series-{s}", index, [.. Enumerable.Range(0, rows).Select(t => Math.Sin((t + s) * 2 * Math.PI / day) + (0.3 * random.NextDouble()))]))]);
    }
}
