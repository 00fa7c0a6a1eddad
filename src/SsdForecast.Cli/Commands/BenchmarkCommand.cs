using System.CommandLine;
using SsdForecast.Cli.Benchmarks;
using SsdForecast.Cli.Benchmarks.Oscillation;
using SsdForecast.Cli.Benchmarks.Ssd;
using SsdForecast.Cli.Fitting;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Settings;
using SsdForecast.Streaming;

namespace SsdForecast.Cli.Commands;

/// <summary><c>ssdf benchmark</c>.</summary>
internal static class BenchmarkCommand
{
    public static Verb Create(CommandHost host)
    {
        var verb = new Verb("benchmark", "measure: accuracy on long horizons, the SSD operator, training, streaming");
        verb.Example("ssdf benchmark ltsf ETTh1.csv --horizon 96 --split ett", "MSE and MAE on standardised values, as published")
            .Example("ssdf benchmark ssd", "the kernel beside forms made of torch operators, on four shapes")
            .Example("ssdf benchmark ssd --expansion --picture expansion.svg", "what a large state costs")
            .Example("ssdf benchmark stream", "microseconds per event");
        verb.Add(Ltsf(host));
        verb.Add(Ssd(host));
        verb.Add(Train(host));
        verb.Add(Stream(host));
        verb.Add(Anomalies(host));
        verb.Add(Parity(host));
        verb.Add(Seasons(host));
        return verb;
    }

    private static Verb Ltsf(CommandHost host)
    {
        var verb = new Verb("ltsf", "train on a long-horizon data set and give MSE and MAE on standardised values over every test window")
        {
            Notes = "The published protocol: series standardised by their training rows, all test windows at stride 1, none dropped.",
        };
        var input = verb.Takes<string>("INPUT", "a CSV file, or a configuration (.yaml)");
        var json = verb.Has<bool>("--json", "print the result as JSON");
        var quiet = verb.Has<bool>("--quiet", "no progress and no report of the file; warnings stay");
        var model = verb.Has("Model", SettingTable.Model.Replacing(SettingTable.Kind with { Default = "direct" }, SettingTable.Quantiles with { Default = "none" }));
        var columns = verb.Has("Columns of the file", SettingTable.Columns);
        var training = verb.Has("Training", SettingTable.Training.Where(s => s != SettingTable.Resume).Replacing(SettingTable.Split with { Default = "ltsf" }));
        verb.SetAction(parse => LtsfBenchmark.Execute(
            host, RunSettings.Read(parse.GetValue(input)!, columns.Read(parse).With(model.Read(parse)).With(training.Read(parse))), parse.GetValue(quiet), parse.GetValue(json)));
        return verb;
    }

    private static Verb Ssd(CommandHost host)
    {
        var verb = new Verb("ssd", "time the SSD operator on one machine in one run, forward and backward: the fused kernel beside the forms made of torch operators")
        {
            Notes = "On a CPU and without a shape it takes four shapes, some two minutes. It prints times, ratios, parts of the machine's measured peak, and peak memory.",
        };
        var batch = verb.Has<int?>("--batch", "sequences [4]", "N");
        var length = verb.Has<int?>("--length", "positions [1024]", "N");
        var heads = verb.Has<int?>("--heads", "heads [8]", "N");
        var headDim = verb.Has<int?>("--head-dim", "channels of a head [16]", "N");
        var stateSize = verb.Has<int?>("--d-state", "state numbers per channel [32]", "N");
        var chunk = verb.Has<int?>("--chunk-size", "chunk length [cpu: the best of several; cuda: 64]", "N");
        var expansion = verb.Has<bool>("--expansion", "time against state sizes 16 to 256, of one sequence of 4096 positions and 8 heads of 64 unless told; cpu only");
        var picture = verb.Has<string>("--picture", "with --expansion: draw it to this SVG file", "FILE");
        var repeats = verb.Has<int?>("--repeats", "timed repeats, of which the median is given [5]", "N");
        var device = verb.Has<string>("--device", "cpu, cuda or cuda:1 [cpu]", "DEVICE");
        var json = verb.Has<bool>("--json", "print the result as JSON");
        verb.SetAction(parse =>
        {
            int? Given(Option<int?> option) => parse.GetValue(option) is not { } n ? null : n >= 1 ? n : throw CommandException.Usage(option.Name, $"{n} is too small; it must be 1 or more");
            SsdBenchmarkShape Shape(int b, int l, int h, int p, int n) => new(Given(batch) ?? b, Given(length) ?? l, Given(heads) ?? h, Given(headDim) ?? p, Given(stateSize) ?? n, Given(chunk) ?? 64);
            var count = Given(repeats) ?? 5;
            var onCpu = Devices.Checked(parse.GetValue(device)) == "cpu";
            if (parse.GetValue(expansion))
            {
                if (!onCpu) throw CommandException.Usage(expansion.Name, "it runs on a CPU only; leave out --device");
                if (Given(stateSize) is not null) throw CommandException.Usage(stateSize.Name, "--expansion takes all state sizes; leave it out");
                return StateExpansion.Execute(host, Shape(1, 4096, 8, 64, 0), count, Given(chunk), parse.GetValue(picture), parse.GetValue(json));
            }
            if (parse.GetValue(picture) is not null) throw CommandException.Usage(picture.Name, "it draws the result of --expansion; add --expansion");
            var shape = Shape(4, 1024, 8, 16, 32);
            var one = new[] { batch, length, heads, headDim, stateSize }.Any(o => Given(o) is not null);
            if (!onCpu && !one) return SsdCudaBenchmark.Execute(host, count, parse.GetValue(device), parse.GetValue(json));
            if (!onCpu) return SsdBenchmark.Execute(host, shape, count, parse.GetValue(device), parse.GetValue(json));
            return CpuSsdReport.Execute(host, one ? [shape] : CpuSsdReport.Shapes, count, Given(chunk), parse.GetValue(json));
        });
        return verb;
    }

    private static Verb Train(CommandHost host)
    {
        var verb = new Verb("train", "time a step of training and its parts: a configuration's model on its data, or two forecasters of usual size on made-up series")
        {
            Notes = "samples/s and ms a step are of many steps without a halt; the parts, of steps that wait for the device after each part. Validation is not in them. On a GPU each model runs twice: with fused kernels, and made of torch's operators.",
        };
        var input = verb.Takes<string>("CONFIG", "a configuration (.yaml)", optional: true);
        var steps = verb.Has<int?>("--steps", "timed steps [50; of the direct model on a CPU 3]", "N");
        var kind = verb.Has<string>("--kind", "without a configuration: only the causal or only the direct model", "causal|direct");
        var device = verb.Has<string>("--device", "cpu or cuda [cpu]", "DEVICE");
        var dtype = verb.Has<string>("--dtype", "float32 or bfloat16 [float32; without a configuration on a GPU bfloat16]", "TYPE");
        var json = verb.Has<bool>("--json", "print the result as JSON");
        verb.SetAction(parse =>
        {
            var values = parse.GetValue(input) is { } config ? ConfigFile.Read(config) : null;
            var over = new SettingValues();
            if (parse.GetValue(device) is { } d) over.Set(SettingTable.Device, [d], "--device");
            if (parse.GetValue(dtype) is { } t) over.Set(SettingTable.DType, [t], "--dtype");
            if (parse.GetValue(kind) is { } k) over.Set(SettingTable.Kind, [k], "--kind");
            if (parse.GetValue(steps) is < 1 and var few) throw CommandException.Usage("--steps", $"{few} is too small; it must be 1 or more");
            return TrainBenchmark.Execute(host, values?.With(over), over, parse.GetValue(steps), parse.GetValue(json));
        });
        return verb;
    }

    private static Verb Stream(CommandHost host)
    {
        var verb = new Verb("stream", "microseconds per event and events per second of a causal model: its own, or one of the default size with random weights")
        {
            Notes = "The runtime by itself: steps, int8 weights, libtorch with the same model, batches, prefill. Then the engine: all threads over many series, singly and in batches.",
        };
        var model = verb.Takes<string>("MODEL", "the folder of a causal model", optional: true);
        var events = verb.Has<int?>("--events", "timed events [20000]", "N");
        var series = verb.Has<int?>("--series", "series of the runs with all threads; beside 10000 where they are more [10000]", "N");
        var resident = verb.Has<int?>("--resident", "of them in memory at most, the others in a store [all]", "N");
        var horizon = verb.Has<int?>("--horizon", "without MODEL: lead times [1]", "N");
        var small = verb.Has<bool>("--small", "without MODEL: the smallest state, a million of which fit in 2 GB");
        var json = verb.Has<bool>("--json", "print the result as JSON");
        verb.SetAction(parse =>
        {
            var (count, keys) = (parse.GetValue(events) ?? 20_000, parse.GetValue(series) ?? 10_000);
            if (count < 1) throw CommandException.Usage("--events", $"{count} is too small; it must be 1 or more");
            if (keys < 1) throw CommandException.Usage("--series", $"{keys} is too small; it must be 1 or more");
            var kept = parse.GetValue(resident) ?? 0;
            if (kept < 0) throw CommandException.Usage("--resident", $"{kept} is negative");
            var leads = parse.GetValue(horizon) ?? 1;
            if (leads is < 1 or > 100_000) throw CommandException.Usage("--horizon", $"{leads} is not between 1 and 100000");
            return StreamBenchmark.Execute(host, parse.GetValue(model), new StreamBenchmarkSize(count, keys, kept, parse.GetValue(small), leads), parse.GetValue(json));
        });
        return verb;
    }

    private static Verb Anomalies(CommandHost host)
    {
        var verb = new Verb("anomalies", "train on the first part of each stream, judge every later value by the forecast before it: error, coverage, anomalies, drift")
        {
            Notes = "datasets/nab_windows.csv has the labelled windows of the NAB streams.",
        };
        var input = verb.Takes<string[]>("FILE", "CSV files, each with a model of its own");
        var windows = verb.Has<string?>("--windows", "labelled windows, a CSV file with the columns file,start,end", "FILE");
        var level = verb.Has<double?>("--level", "p-value below which a value is an anomaly [0.0001]", "P");
        var adapt = verb.Has<bool>("--adapt", "adapt the head to the stream by recursive least squares");
        var json = verb.Has<bool>("--json", "print the result as JSON");
        var quiet = verb.Has<bool>("--quiet", "no progress and no report of the files; warnings stay");
        var model = verb.Has("Model", SettingTable.Model.Replacing(SettingTable.Horizon with { OptionHelp = "rows to forecast", Default = "1" }));
        var columns = verb.Has("Columns of the files", SettingTable.Columns);
        var training = verb.Has("Training", SettingTable.Training.Where(s => s != SettingTable.Resume).Replacing(SettingTable.Split with { Default = "0.15/0.05/0.8" }));
        verb.SetAction(parse =>
        {
            var p = parse.GetValue(level) ?? 1e-4;
            if (p is not (> 0 and < 1)) throw CommandException.Usage("--level", $"{p} is not between 0 and 1");
            return AnomalyBenchmark.Execute(
                host, parse.GetValue(input)!, parse.GetValue(windows), new MonitorOptions { AnomalyLevel = p, AdaptationForgetting = parse.GetValue(adapt) ? 0.999 : 0 }, columns.Read(parse).With(model.Read(parse)).With(training.Read(parse)), parse.GetValue(quiet), parse.GetValue(json));
        });
        return verb;
    }

    private static Verb Parity(CommandHost host)
    {
        var verb = new Verb("parity", "train one layer on running parity, with states that turn and without, and score both beyond the training length")
        {
            Notes = "About a minute on two cores. Chance is 50 %. The same seed, budget and decay for both. Training sequences come in 4 pieces of 64, the state carried.",
        };
        var steps = verb.Has<int?>("--steps", $"optimizer steps [{new ParityOptions().Steps}]", "N");
        var length = verb.Has<int?>("--test-length", $"length of the test sequences [{new ParityOptions().TestLength}]", "N");
        var seed = verb.Has<int?>("--seed", "seed of initial values and bits [1]", "N");
        var json = verb.Has<bool>("--json", "print the result as JSON");
        verb.SetAction(parse =>
        {
            var defaults = new ParityOptions();
            var options = defaults with
            {
                Steps = parse.GetValue(steps) ?? defaults.Steps,
                TestLength = parse.GetValue(length) ?? defaults.TestLength,
                Seed = parse.GetValue(seed) ?? defaults.Seed,
            };
            if (options.Steps < 1) throw CommandException.Usage("--steps", $"{options.Steps} is too small; it must be 1 or more");
            if (options.TestLength <= options.Seen) throw CommandException.Usage("--test-length", $"{options.TestLength} is not beyond the training length of {options.Seen}; take more");
            return OscillationBenchmark.Parity(host, options, parse.GetValue(json));
        });
        return verb;
    }

    private static Verb Seasons(CommandHost host)
    {
        var verb = new Verb("seasons", "train a forecaster on noisy seasons far longer than its lookback, with states that turn and without")
        {
            Notes = "Made-up series: two sines with periods 187 and 311 under noise, lookback 24, horizon 48. Some minutes on two cores.",
        };
        var epochs = verb.Has<int?>("--epochs", "epochs of 40 steps [15]", "N");
        var seed = verb.Has<int?>("--seed", "seed of series and training [1]", "N");
        var json = verb.Has<bool>("--json", "print the result as JSON");
        verb.SetAction(parse =>
        {
            var count = parse.GetValue(epochs) ?? 15;
            if (count < 1) throw CommandException.Usage("--epochs", $"{count} is too small; it must be 1 or more");
            return OscillationBenchmark.Seasons(host, count, parse.GetValue(seed) ?? 1, parse.GetValue(json));
        });
        return verb;
    }
}
