using System.CommandLine;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Reporting;
using SsdForecast.Cli.Settings;

namespace SsdForecast.Cli.Commands;

/// <summary><c>ssdf report</c>.</summary>
internal static class ReportCommand
{
    public static Verb Create(CommandHost host)
    {
        var verb = new Verb("report", "draw forecasts against what happened: one HTML file, and PNG")
        {
            Notes = """
                Of a model, the held-out rows are forecast, beside seasonal naive and ridge regression, and everything is drawn.
                Of a CSV file that 'ssdf forecast' or 'ssdf backtest' has written, what it holds is drawn; --data adds the rows before it, and what happened since.
                """,
        };
        var input = verb.Takes<string>("INPUT", "a model folder, or a CSV file of forecasts");
        var output = verb.Has<string>("--out", "the HTML file to write, without scripts or links outside", "FILE", required: true);
        var png = verb.Has<string>("--png", "write each chart as PNG into this folder too", "DIR");
        var data = verb.Has<string>("--data", "a CSV file with the series; a model finds its training file by itself, if that lies near and is unchanged", "FILE");
        var title = verb.Has<string>("--title", "heading [the name of the data]", "TEXT");
        var quantity = verb.Has<string>("--quantity", "what is forecast, such as Demand", "TEXT");
        var unit = verb.Has<string>("--unit", "its unit, such as MW", "TEXT");
        var windows = verb.Has<int>("--windows", "of a model: only the last K horizons of each series", "K");
        var device = verb.Has<string>("--device", "cpu, cuda or cuda:1 [cpu]", "DEVICE");
        var json = verb.Has<bool>("--json", "print the files written as JSON");
        var columns = verb.Has("Columns of the file", SettingTable.Columns);
        verb.Example("ssdf report model --data demand.csv --out report.html --png figures", "how good a model is on rows it has not seen")
            .Example("ssdf report forecast.csv --data demand.csv --out forecast.html --quantity Demand --unit MW", "what comes next, after the rows before it");

        verb.SetAction(parse =>
        {
            var request = new ReportRequest(
                parse.GetValue(input)!,
                parse.GetValue(output)!,
                parse.GetValue(png),
                parse.GetValue(data),
                parse.GetValue(title),
                parse.GetValue(quantity),
                parse.GetValue(unit),
                parse.GetValue(windows),
                parse.GetValue(device),
                parse.GetValue(json),
                columns.Read(parse));
            return ReportRun.Execute(host, request);
        });
        return verb;
    }
}
