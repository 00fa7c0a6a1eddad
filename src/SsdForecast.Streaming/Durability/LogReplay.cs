using System.Globalization;
using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>Finds the segments of an event log.</summary>
internal static class LogSegments
{
    /// <summary>The segments there are, oldest first.</summary>
    public static List<(string Path, long Generation)> Of(string prefix)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(prefix))!;
        var name = Path.GetFileName(prefix);
        var found = new List<(string Path, long Generation)>();
        foreach (var path in Directory.EnumerateFiles(folder, name + "*"))
        {
            if (long.TryParse(Path.GetFileName(path).AsSpan(name.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var generation)) found.Add((path, generation));
        }

        return [.. found.OrderBy(s => s.Generation)];
    }
}

/// <summary>Reads the event log from a snapshot on. A record that is torn at the very end was never whole and is cut off; anywhere else it is damage.</summary>
internal sealed class LogReplay(string modelHash, SnapshotManifest manifest, Action<string> warn)
{
    private SegmentEnd? _end;
    private long _endGeneration;

    /// <summary>Records read.</summary>
    public long Records { get; private set; }

    /// <summary>A log without a snapshot: fine where the process died before it had written anything, and a loss elsewhere.</summary>
    /// <exception cref="StateFormatException">There are records in it.</exception>
    public static void RequireEmpty(List<(string Path, long Generation)> segments, string modelHash, string store)
    {
        foreach (var (path, generation) in segments)
        {
            LogSegment.Read(path, modelHash, generation, (_, _) =>
                throw new StateFormatException(store, $"there is an event log ({Path.GetFileName(path)}) and no snapshot; put the snapshot back, or delete the log to begin anew"));
        }

        foreach (var (path, _) in segments) File.Delete(path);
    }

    /// <summary>Gives every record after the snapshot, in order.</summary>
    /// <exception cref="StateFormatException">A segment is missing, altered in the middle, or of another model.</exception>
    public void Run(List<(string Path, long Generation)> segments, Action<long, LogRecord> take)
    {
        var position = manifest.Position;
        if (!segments.Exists(s => s.Generation == manifest.Generation)) warn($"the event log of snapshot {manifest.Generation} is not there; events after record {position} are to be sent again");
        for (var i = 0; i < segments.Count; i++)
        {
            var (path, generation) = segments[i];
            if (generation < manifest.Generation) continue;
            var first = true;
            var end = LogSegment.Read(path, modelHash, generation, (at, record) =>
            {
                if (first && at != position + 1) throw Hole(path, position, at);
                first = false;
                position = at;
                Records++;
                take(at, record);
            });
            var last = i == segments.Count - 1;
            // A segment is begun before its snapshot is written; a process may die with the header half-written.
            if (end is null && last && generation > manifest.Generation) break;
            if (end is not { } good || (!last && good.GoodLength < good.FileLength))
                throw new StateFormatException(path, $"the event log is altered after record {position} and more of it follows; put a copy back, or go on without what follows by deleting this and later segments");
            if (good.Position != position) throw Hole(path, position, good.Position + 1);
            if (good.GoodLength < good.FileLength) warn($"{path}: the last {good.FileLength - good.GoodLength} bytes are torn and were cut off; events after record {position} are to be sent again");
            (_end, _endGeneration) = (end, generation);
        }
    }

    /// <summary>Lets a log go on where the reading ended.</summary>
    /// <param name="newest">The newest generation there is a file of.</param>
    public void Continue(EventLog log, long newest)
    {
        if (_end is { } end && _endGeneration == newest) log.Continue(newest, end);
        else log.Begin(newest, manifest.Position + Records);
    }

    private static StateFormatException Hole(string path, long before, long at)
        => new(path, $"the event log goes on with record {at}, where {before + 1} should come; a segment is missing: put it back, or begin in another place");
}
