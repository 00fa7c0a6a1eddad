using System.CommandLine;
using SsdForecast.Cli.Forecasting;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Settings;

namespace SsdForecast.Cli.Commands;

/// <summary><c>ssdf forecast</c>.</summary>
internal static class ForecastCommand
{
    public static Verb Create(CommandHost host)
    {
        var verb = new Verb("forecast", "forecast what comes after the last row of each series")
        {
            Notes = """
                The file is read like the one the model was trained on; options override that.
                Known covariates are taken from rows after the last value: rows with times and covariates and an empty target.
                Writes one row per lead time: unique_id, origin, ds, lead, y (empty), median, and a column per quantile.
                """,
        };
        var model = verb.Takes<string>("MODEL", "the folder that 'ssdf fit' has written");
        var data = verb.Takes<string>("DATA", "a CSV file with the columns of the training file");
        var output = verb.Has<string>("--out", "the CSV file to write; it appears whole or not at all", "FILE", required: true);
        var device = verb.Has<string>("--device", "cpu, cuda or cuda:1 [cpu]", "DEVICE");
        var json = verb.Has<bool>("--json", "print a summary as JSON");
        var columns = verb.Has("Columns of the file", SettingTable.Columns);
        verb.Example("ssdf forecast model demand.csv --out forecast.csv", "the next horizon of every series")
            .Example("ssdf report forecast.csv --data demand.csv --out forecast.html", "and a picture of it");

        verb.SetAction(parse => ForecastRun.Execute(
            host,
            new ForecastRequest(parse.GetValue(model)!, parse.GetValue(data)!, parse.GetValue(output)!, columns.Read(parse), parse.GetValue(device), parse.GetValue(json))));
        return verb;
    }
}
