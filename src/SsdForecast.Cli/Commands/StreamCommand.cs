using System.CommandLine;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Serving;
using SsdForecast.Cli.Settings;

namespace SsdForecast.Cli.Commands;

/// <summary><c>ssdf stream</c>.</summary>
internal static class StreamCommand
{
    public static Verb Create(CommandHost host)
    {
        var verb = new Verb("stream", "serve a causal model: events in, forecasts out, microseconds each, without torch")
        {
            Notes = """
                A CSV stream begins with a line of column names, those of the training file or unique_id, ds, y; a JSON line is one event.
                A forecast is written for every event: unique_id, origin, ds, lead, y (empty), median, and a column a quantile.
                A bad line is named on standard error, counted and skipped; the state stays as it was. At the end one line sums up:
                events, series, rejected, speed, and the error and coverage of the one-step forecasts as they were made.
                Known covariates come ahead of their time as rows with an empty target, as arrays in JSON, or from the rest of --input FILE.
                """,
        };
        var model = verb.Takes<string>("MODEL", "the folder of a causal model");
        var state = verb.Has<string>("--state", "restore the states of all series from this file if it is there, and save them at the end", "FILE");
        var input = verb.Has<string>("--input", "a file of events, or - for standard input [-]", "FILE");
        var format = verb.Has<string>("--format", "csv or jsonl [jsonl for a file of that name, else csv]", "FORMAT");
        var outputFormat = verb.Has<string>("--output-format", "csv or jsonl [as the input]", "FORMAT");
        var allLeads = verb.Has<bool>("--all-leads", "write all lead times, not the first alone");
        var rate = verb.Has<double>("--rate", "at most so many lines a second, to replay a file", "N");
        var columns = verb.Has("Columns of the events", SettingTable.Columns);
        verb.Example("ssdf stream model < demand.csv > forecasts.csv", "replay a file as a stream")
            .Example("tail -f -n +1 events.csv | ssdf stream model --state model.state", "live, and ready to go on where it stopped")
            .Example("ssdf stream model --input demand.csv --rate 10 --output-format jsonl", "ten rows a second, as JSON lines");

        verb.SetAction(parse => StreamRun.Execute(host, new StreamRequest(
            parse.GetValue(model)!,
            parse.GetValue(state),
            parse.GetValue(input) ?? "-",
            parse.GetValue(format),
            parse.GetValue(outputFormat),
            parse.GetValue(allLeads),
            parse.GetValue(rate),
            columns.Read(parse))));
        return verb;
    }
}
