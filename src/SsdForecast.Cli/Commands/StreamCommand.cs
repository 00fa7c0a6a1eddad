using System.CommandLine;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Serving;

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
                A forecast is written for every event: unique_id, origin, ds, lead, y (empty), median, and a column per quantile.
                A bad line is named on standard error, counted and skipped; the state stays as it was.
                With --anomalies, --drift or --adapt the line of the first lead time says more of the event before it: event_ds, event_y; p_value, score, anomaly;
                drift, drift_statistic; shift. With --state what is learnt is part of the state.
                At the end one line sums up: events, series, rejected, speed, and the error and coverage of the one-step forecasts.
                With --state a run that was killed and is given the same input again goes on where it was; with --out each forecast is in the file once.
                Known covariates come ahead of their time as rows with an empty target, as arrays in JSON, or from the rest of --input FILE.
                """,
        };
        var model = verb.Takes<string>("MODEL", "the folder of a causal model");
        var input = verb.Has<string>("--input", "a file of events, or - for standard input [-]", "FILE");
        var output = verb.Has<string>("--out", "write forecasts to this file, not to standard output", "FILE");
        var state = verb.Has<string>("--state", "go on from this state, and keep it: a database, or a folder of files (NAME/)", "FILE|DIR");
        var format = verb.Has<string>("--format", "csv or jsonl [jsonl for a file of that name, else csv]", "FORMAT");
        var outputFormat = verb.Has<string>("--output-format", "csv or jsonl [by the name of --out, else as the input]", "FORMAT");
        var allLeads = verb.Has<bool>("--all-leads", "write all lead times, not the first alone");
        var rate = verb.Has<double>("--rate", "at most so many lines a second, to replay a file", "N");
        var live = verb.Has<bool>("--live", "show chart, error and speed on the terminal; needs forecasts elsewhere");
        var late = verb.Has<string>("--late", "events out of order: refuse, drop or reorder [refuse]", "POLICY");
        var window = verb.Has<int?>("--reorder-window", "with reorder: events of a series that may wait behind a gap [16]", "N");
        var offGrid = verb.Has<string>("--off-grid", "times beside the steps of a regular series: snap them to the nearest, refuse or keep them [snap]", "POLICY");
        var sequence = verb.Has<string>("--sequence", "column of sequence numbers, by which repeated events are known", "NAME");
        var unknown = verb.Has<bool>("--ignore-unknown", "pass over JSON properties that are no columns of the model");
        var resident = verb.Has<int?>("--max-resident", "with --state: series in memory at most; the others wait in the state", "N");
        var snapshot = verb.Has<int?>("--snapshot-every", "with --state: events from one snapshot to the next [100000]", "N");
        var sync = verb.Has<string>("--sync", "with --state: force the log to disk each event, N events or Ns seconds [1s]", "WHEN");
        var weights = verb.Has<string>("--weights", "float32, or int8: faster, a quarter of the memory, and what it costs in accuracy is said [float32]", "FORMAT");
        var calibrate = verb.MayHave("Watching", "--calibrate", "adjust quantiles to what came, by adaptive conformal tracking with steps of RATE mean errors [0.2]", "RATE");
        var anomalies = verb.MayHave("Watching", "--anomalies", "p-value and score of each event, flagged below P [0.0001]", "P");
        var drift = verb.MayHave("Watching", "--drift", "tell when the error of a series has risen for good (Page-Hinkley above N deviations) [25]", "N");
        var adapt = verb.MayHave("Watching", "--adapt", "adapt the head to each series by recursive least squares with forgetting F, while that pays [0.999]", "F");
        var json = verb.Has<bool>("--json", "the summary as JSON: on standard output with --out, else on standard error");
        var columns = verb.Has("Columns of the events", StreamColumns.Used, hidden: StreamColumns.Refused.Keys);
        verb.Example("ssdf stream model < demand.csv > forecasts.csv", "replay a file as a stream")
            .Example("tail -f -n +1 events.csv | ssdf stream model --state model.state", "live, and ready to go on where it stopped")
            .Example("ssdf stream model --input events.jsonl --state s --out f.jsonl", "killed and run again: each forecast once")
            .Example("ssdf stream model --input demand.csv --rate 10 --live --out f.csv", "ten rows a second, and watch")
            .Example("ssdf stream model --calibrate --anomalies --drift < demand.csv", "keep intervals honest, and flag what is out of the ordinary");

        verb.SetAction(parse => StreamRun.Execute(host, new StreamRequest
        {
            Model = parse.GetValue(model)!,
            State = parse.GetValue(state),
            Input = parse.GetValue(input) ?? "-",
            Out = parse.GetValue(output),
            Format = parse.GetValue(format),
            OutputFormat = parse.GetValue(outputFormat),
            AllLeads = parse.GetValue(allLeads),
            Rate = parse.GetValue(rate),
            Live = parse.GetValue(live),
            Late = parse.GetValue(late),
            OffGrid = parse.GetValue(offGrid),
            ReorderWindow = parse.GetValue(window),
            Sequence = parse.GetValue(sequence),
            IgnoreUnknown = parse.GetValue(unknown),
            MaxResident = parse.GetValue(resident),
            SnapshotEvery = parse.GetValue(snapshot),
            Sync = parse.GetValue(sync),
            Weights = parse.GetValue(weights),
            Monitor = new MonitorRequest { Calibrate = calibrate.Read(parse), Anomalies = anomalies.Read(parse), Drift = drift.Read(parse), Adapt = adapt.Read(parse) },
            Json = parse.GetValue(json),
            Columns = columns.Read(parse),
        }));
        return verb;
    }
}
