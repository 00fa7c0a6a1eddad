using System.Diagnostics;
using System.Globalization;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Output;
using SsdForecast.Cli.Settings;
using SsdForecast.Runtime;
using SsdForecast.Streaming;

namespace SsdForecast.Cli.Serving;

/// <summary>Serves a causal model: events in, forecasts out, a line each. Nothing here needs torch.</summary>
internal static class StreamRun
{
    public static int Execute(CommandHost host, StreamRequest request)
    {
        request.Validate();
        if (request.Live && host.DrawsProgress && request.Out is null && host.DrawsOutput)
            throw CommandException.Usage("--live", "forecasts would be written over the view; redirect them, or pass --out FILE");
        var model = Load(host, request);
        StreamColumns.Require(request.Columns, model.Preprocessor, request.ReadsJson);
        request.RequireFor(model);
        var values = SchemaSettings.Of(model.Preprocessor, request.Model).With(request.Columns);
        var stop = host.StopRequests();
        var monitor = request.Monitor.Companion(model);
        var options = request.Options with { Companions = monitor is null ? [] : [monitor] };
        StreamSession? session = null;
        StreamingEngine? engine = null;
        try
        {
            engine = request.State is null
                ? new StreamingEngine(model, options)
                : StreamingEngine.Open(model, Store(request.State), options, ForecastOutput.Beginning(request).Write(), manifest =>
                {
                    session = new StreamSession(host, model, request, monitor, values, manifest);
                    return session.Sink;
                });
            session ??= new StreamSession(host, model, request, monitor, values, found: null);
            session.Begin(engine);
            var clock = Stopwatch.StartNew();
            if (request.Input != "-") session.AnnounceFile(request.Input);
            using var input = request.Input == "-" ? TextStreams.Bytes(host.In) : InputFile.Open(request.Input);
            if (request.Live) LiveView.Show(host, session, () => session.Run(input, stop));
            else session.Run(input, stop);
            var summary = session.Summary(clock.Elapsed, stop.IsCancellationRequested);
            if (request.Json) ResultJson.Write(request.Out is null ? host.Error : host.Out, summary);
            else foreach (var line in summary.Lines()) host.Note(line);
            return session.TookNothing ? ExitCodes.Failed : ExitCodes.Good;
        }
        catch (OtherWeightsException e)
        {
            throw CommandException.Usage("--weights", $"the state in {request.State} was kept with {WeightName(e.Weights)}; pass --weights {WeightName(e.Weights)}, or begin another state with --state OTHER");
        }
        catch (OtherCompanionsException e)
        {
            throw request.Monitor.Explain(request.State!, e);
        }
        finally
        {
            session?.Dispose();
            engine?.Dispose();
        }
    }

    private static string WeightName(WeightFormat weights) => weights == WeightFormat.Int8 ? "int8" : "float32";

    private static RecurrentModel Load(CommandHost host, StreamRequest request)
    {
        var folder = ModelFolder.Load(request.Model);
        if (!request.HasInt8Weights) return new RecurrentModel(folder);
        var accuracy = Int8Accuracy.Measure(folder);
        host.Note(string.Create(CultureInfo.InvariantCulture, $"int8 weights: at 95 of 100 of {accuracy.Events} made-up events forecasts differ from float32 by less than {accuracy.Usual:G2} of the window's standard deviation; bound {accuracy.Bound:G2}"));
        return new RecurrentModel(folder, new RecurrentOptions { Weights = WeightFormat.Int8 });
    }

    /// <summary>A folder, or a name that ends as one, is a store of files; anything else a database.</summary>
    private static IStateStore Store(string path)
        => Directory.Exists(path) || Path.EndsInDirectorySeparator(path) ? new FileStateStore(path) : new SqliteStateStore(path);
}
