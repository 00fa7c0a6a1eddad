using System.Diagnostics;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Settings;
using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Streaming;

namespace SsdForecast.Cli.Serving;

/// <summary>Serves a causal model: events in, forecasts out, a line each. Nothing here needs torch.</summary>
internal static class StreamRun
{
    public static int Execute(CommandHost host, StreamRequest request)
    {
        request.Validate();
        var model = RecurrentModel.Load(request.Model);
        // Found out before the first event and not after the last one.
        if (request.State is { } target) RequireWritable(target);
        var restored = request.State is { } state && File.Exists(state);
        var engine = restored ? StreamingEngine.Restore(model, request.State!) : new StreamingEngine(model);
        if (restored) host.Note($"{engine.SeriesCount} series restored from {request.State}");
        var values = SchemaSettings.Of(model.Preprocessor, request.Model).With(request.Columns);
        var session = new StreamSession(host, engine, request, values);
        var stop = host.StopRequests();
        var clock = Stopwatch.StartNew();
        if (request.Input == "-")
        {
            session.Run(host.In, stop);
        }
        else
        {
            session.AnnounceFile(request.Input);
            using var reader = new StreamReader(request.Input);
            session.Run(reader, stop);
        }
        if (request.State is { } path) engine.Snapshot(path);
        host.Note(session.Summary(clock.Elapsed) + (request.State is null ? "" : $"; states saved to {request.State}") + (stop.IsCancellationRequested ? "; stopped" : ""));
        return session.TookNothing ? ExitCodes.Failed : ExitCodes.Good;
    }

    private static void RequireWritable(string path)
    {
        var probe = path + ".probe";
        AtomicFile.WriteText(probe, "");
        File.Delete(probe);
    }
}
