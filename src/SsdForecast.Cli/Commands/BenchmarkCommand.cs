using System.CommandLine;
using SsdForecast.Cli.Benchmarks;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Settings;

namespace SsdForecast.Cli.Commands;

/// <summary><c>ssdf benchmark</c>.</summary>
internal static class BenchmarkCommand
{
    public static Verb Create(CommandHost host)
    {
        var verb = new Verb("benchmark", "measure: accuracy on long horizons, the SSD operator, training, streaming");
        verb.Example("ssdf benchmark ltsf ETTh1.csv --horizon 96 --split ett", "MSE and MAE on standardised values, as published")
            .Example("ssdf benchmark ssd --length 2048 --device cuda", "the forms of the operator side by side")
            .Example("ssdf benchmark stream", "microseconds an event");
        verb.Add(Ltsf(host));
        verb.Add(Ssd(host));
        verb.Add(Train(host));
        verb.Add(Stream(host));
        return verb;
    }

    private static Verb Ltsf(CommandHost host)
    {
        var verb = new Verb("ltsf", "train on a long-horizon data set and give MSE and MAE on standardised values over every test window")
        {
            Notes = "The published protocol: series standardised by their training rows, all test windows at stride 1, none dropped. Defaults: a direct point model, split ltsf.",
        };
        var input = verb.Takes<string>("INPUT", "a CSV file, or a configuration (.yaml)");
        var json = verb.Has<bool>("--json", "print the result as JSON");
        var quiet = verb.Has<bool>("--quiet", "no progress");
        var model = verb.Has("Model", SettingTable.Model);
        var columns = verb.Has("Columns of the file", SettingTable.Columns);
        var training = verb.Has("Training", SettingTable.Training.Where(s => s != SettingTable.Resume));
        verb.SetAction(parse => LtsfBenchmark.Execute(
            host, RunSettings.Read(parse.GetValue(input)!, columns.Read(parse).With(model.Read(parse)).With(training.Read(parse))), parse.GetValue(quiet), parse.GetValue(json)));
        return verb;
    }

    private static Verb Ssd(CommandHost host)
    {
        var verb = new Verb("ssd", "time the forms of the SSD operator on one machine in one run, forward and backward, with their ratios");
        var batch = verb.Has<int?>("--batch", "sequences [4]", "N");
        var length = verb.Has<int?>("--length", "positions [1024]", "N");
        var heads = verb.Has<int?>("--heads", "heads [8]", "N");
        var headDim = verb.Has<int?>("--head-dim", "channels of a head [16]", "N");
        var stateSize = verb.Has<int?>("--d-state", "state numbers a channel [32]", "N");
        var chunk = verb.Has<int?>("--chunk-size", "chunk length [64]", "N");
        var repeats = verb.Has<int?>("--repeats", "timed repeats, of which the median is given [5]", "N");
        var device = verb.Has<string>("--device", "cpu or cuda [cpu]", "DEVICE");
        var json = verb.Has<bool>("--json", "print the result as JSON");
        verb.SetAction(parse =>
        {
            int Read(Option<int?> option, int otherwise) => parse.GetValue(option) is not { } n ? otherwise : n >= 1 ? n : throw CommandException.Usage(option.Name, $"{n} is too small; it must be 1 or more");
            var shape = new SsdBenchmarkShape(Read(batch, 4), Read(length, 1024), Read(heads, 8), Read(headDim, 16), Read(stateSize, 32), Read(chunk, 64));
            return SsdBenchmark.Execute(host, shape, Read(repeats, 5), parse.GetValue(device), parse.GetValue(json));
        });
        return verb;
    }

    private static Verb Train(CommandHost host)
    {
        var verb = new Verb("train", "samples a second of training: a configuration's model on its data, or the default model on made-up series");
        var input = verb.Takes<string>("CONFIG", "a configuration (.yaml)", optional: true);
        var steps = verb.Has<int?>("--steps", "timed steps [50]", "N");
        var device = verb.Has<string>("--device", "cpu or cuda [cpu]", "DEVICE");
        var dtype = verb.Has<string>("--dtype", "float32 or bfloat16 [float32]", "TYPE");
        var json = verb.Has<bool>("--json", "print the result as JSON");
        verb.SetAction(parse =>
        {
            var values = parse.GetValue(input) is { } config ? ConfigFile.Read(config) : null;
            var over = new SettingValues();
            if (parse.GetValue(device) is { } d) over.Set(SettingTable.Device, [d], "--device");
            if (parse.GetValue(dtype) is { } t) over.Set(SettingTable.DType, [t], "--dtype");
            var count = parse.GetValue(steps) ?? 50;
            if (count < 1) throw CommandException.Usage("--steps", $"{count} is too small; it must be 1 or more");
            return TrainBenchmark.Execute(host, values?.With(over), over, count, parse.GetValue(json));
        });
        return verb;
    }

    private static Verb Stream(CommandHost host)
    {
        var verb = new Verb("stream", "microseconds an event and events a second of a causal model: its own, or one of the default size with random weights")
        {
            Notes = "Observe alone, and with the forecast of the whole horizon; one thread and one series, then all threads over many series. Without torch.",
        };
        var model = verb.Takes<string>("MODEL", "the folder of a causal model", optional: true);
        var events = verb.Has<int?>("--events", "timed events [20000]", "N");
        var series = verb.Has<int?>("--series", "series of the run with all threads [1000]", "N");
        var json = verb.Has<bool>("--json", "print the result as JSON");
        verb.SetAction(parse =>
        {
            var (count, keys) = (parse.GetValue(events) ?? 20_000, parse.GetValue(series) ?? 1000);
            if (count < 1) throw CommandException.Usage("--events", $"{count} is too small; it must be 1 or more");
            if (keys < 1) throw CommandException.Usage("--series", $"{keys} is too small; it must be 1 or more");
            return StreamBenchmark.Execute(host, parse.GetValue(model), count, keys, parse.GetValue(json));
        });
        return verb;
    }
}
