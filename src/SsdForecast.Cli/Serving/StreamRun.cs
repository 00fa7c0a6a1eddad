using System.Diagnostics;
using SsdForecast.Cli.Hosting;
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
        var model = RecurrentModel.Load(request.Model);
        var values = SchemaSettings.Of(model.Preprocessor, request.Model).With(request.Columns);
        var stop = host.StopRequests();
        StreamSession? session = null;
        StreamingEngine? engine = null;
        try
        {
            engine = request.State is null
                ? new StreamingEngine(model, request.Options)
                : StreamingEngine.Open(model, Store(request.State), request.Options, ForecastOutput.Beginning(request).Write(), manifest =>
                    session = new StreamSession(host, model, request, values, new ForecastOutput(host, request, manifest is null, OutputCommit.Read(manifest)), manifest is null));
            session ??= new StreamSession(host, model, request, values, new ForecastOutput(host, request, isNew: true, commit: null), isNew: true);
            session.Begin(engine);
            var clock = Stopwatch.StartNew();
            if (request.Input != "-") session.AnnounceFile(request.Input);
            using var input = request.Input == "-" ? TextStreams.Bytes(host.In) : new FileStream(request.Input, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1);
            if (request.Live && host.DrawsProgress) LiveView.Show(host, session, () => session.Run(input, stop));
            else session.Run(input, stop);
            host.Note(session.Summary(clock.Elapsed) + (request.State is null ? "" : $"; states saved to {request.State}") + (stop.IsCancellationRequested ? "; stopped" : ""));
            if (session.Reasons is { } reasons) host.Note(reasons);
            return session.TookNothing ? ExitCodes.Failed : ExitCodes.Good;
        }
        finally
        {
            session?.Dispose();
            engine?.Dispose();
        }
    }

    /// <summary>A folder, or a name that ends as one, is a store of files; anything else a database.</summary>
    private static IStateStore Store(string path)
        => Directory.Exists(path) || Path.EndsInDirectorySeparator(path) ? new FileStateStore(path) : new SqliteStateStore(path);
}
