using System.CommandLine;
using SsdForecast.Cli.Fitting;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Settings;

namespace SsdForecast.Cli.Commands;

/// <summary><c>ssdf fit</c>.</summary>
internal static class FitCommand
{
    public static Verb Create(CommandHost host)
    {
        var verb = new Verb("fit", "train a model on the series of a CSV file, and score it on held-out rows")
        {
            Usages = ["INPUT.csv --horizon N --out DIR [options]", "INPUT.yaml [options]"],
            Notes = """
                A configuration holds the same settings (configs/reference.yaml has every key); options override it.
                Nothing is guessed silently: what was found in the file is told on standard error.
                Ctrl-C stops training and keeps the best weights so far; --resume goes on from the last whole epoch.
                """,
        };
        var input = verb.Takes<string>("INPUT", "a CSV file (.csv, .csv.gz), or a configuration (.yaml)");
        var output = verb.Has<string>("--out", "folder for the model; an older model in it is replaced; required, unless the configuration names it", "DIR");
        var json = verb.Has<bool>("--json", "print the result as JSON");
        var quiet = verb.Has<bool>("--quiet", "no progress and no report of the file; warnings stay");
        var model = verb.Has("Model", SettingTable.Model);
        var columns = verb.Has("Columns of the file", SettingTable.Columns);
        var training = verb.Has("Training", SettingTable.Training);
        verb.Example("ssdf fit demand.csv --horizon 48 --out model", "half-hourly demand, one day ahead; columns, step and season are found")
            .Example("ssdf fit NP.csv --horizon 24 --target OT --known 'Grid load forecast,Wind power forecast' --out np", "a price with two forecasts that are known ahead")
            .Example("ssdf fit ETTh1.csv --horizon 96 --kind direct --split ett --out etth1 --device cuda", "a long horizon by the window model, on a GPU")
            .Example("ssdf fit configs/m4-hourly.yaml --epochs 5", "by a configuration, with one setting overridden");

        verb.SetAction(parse =>
        {
            var values = RunSettings.Read(parse.GetValue(input)!, columns.Read(parse).With(model.Read(parse)).With(training.Read(parse)));
            if (parse.GetValue(output) is { } folder) values.Set(SettingTable.Out, [folder], "--out");
            return FitRun.Execute(host, values, new FitDisplay(parse.GetValue(quiet), parse.GetValue(json)));
        });
        return verb;
    }
}
