namespace SsdForecast.Cli.Serving;

/// <summary>Lines of a reader, until it ends or the user asks to stop, even while nothing comes.</summary>
internal static class LineSource
{
    public static IEnumerable<string> Lines(TextReader reader, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && Next(reader, stop) is { } line) yield return line;
    }

    private static string? Next(TextReader reader, CancellationToken stop)
    {
        var pending = reader.ReadLineAsync(CancellationToken.None);
        if (pending.IsCompletedSuccessfully) return pending.Result;
        // A read of a pipe cannot be called off; it is left behind when the process ends.
        var task = pending.AsTask();
        try
        {
            task.Wait(stop);
            return task.Result;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
