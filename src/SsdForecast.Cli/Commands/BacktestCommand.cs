using System.CommandLine;
using SsdForecast.Cli.Evaluation;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Settings;

namespace SsdForecast.Cli.Commands;

/// <summary><c>ssdf backtest</c>.</summary>
internal static class BacktestCommand
{
    public static Verb Create(CommandHost host)
    {
        var verb = new Verb("backtest", "forecast rows that were held out, beside seasonal naive and ridge regression")
        {
            Usages = ["MODEL DATA [options]", "MODEL.yaml [DATA] [options]"],
            Notes = """
                A forecast sees only rows up to its origin. MASE is scaled by the naive error of each series' training rows.
                With a configuration a model is trained first and not kept.
                """,
        };
        var model = verb.Takes<string>("MODEL", "a model folder, or a configuration (.yaml)");
        var data = verb.Takes<string>("DATA", "a CSV file with the columns of the training file; a configuration may name it", optional: true);
        var windows = verb.Has<int>("--windows", "only the last K horizons of each series, one after another", "K");
        var stride = verb.Has<int>("--stride", "rows from one forecast to the next [1, more where that gives over 4,000 forecasts]", "N");
        var split = verb.Has<string>("--split", "other test rows than in training: 0.7/0.1/0.2, last:96/192, ett or ltsf", "RULE");
        var output = verb.Has<string>("--out", "write forecasts and actual values, one row per lead time", "FILE");
        var device = verb.Has<string>("--device", "cpu, cuda or cuda:1 [cpu]", "DEVICE");
        var json = verb.Has<bool>("--json", "print the result as JSON");
        var quiet = verb.Has<bool>("--quiet", "with a configuration: no progress and no report of the file; warnings stay");
        var columns = verb.Has("Columns of the file", SettingTable.Columns);
        verb.Example("ssdf backtest model demand.csv --windows 8 --out backtest.csv", "the last eight horizons, kept as CSV")
            .Example("ssdf backtest configs/etth1-direct.yaml", "train by a configuration, and score");

        verb.SetAction(parse => BacktestRun.Execute(host, new BacktestRequest(
            parse.GetValue(model)!,
            parse.GetValue(data),
            columns.Read(parse),
            parse.GetValue(windows),
            parse.GetValue(stride),
            parse.GetValue(split),
            parse.GetValue(output),
            parse.GetValue(device),
            parse.GetValue(json),
            parse.GetValue(quiet))));
        return verb;
    }
}
