using SsdForecast.Runtime.Tests;

namespace SsdForecast.Streaming.Tests;

/// <summary>The stores by name, in a folder of a test, and what a kill leaves of them.</summary>
internal static class Stores
{
    public const string Sqlite = "sqlite";
    public const string Files = "files";

    public static TheoryData<string> All => [Sqlite, Files];

    public static IStateStore Make(string kind, string folder)
        => kind == Sqlite ? new SqliteStateStore(Path.Combine(folder, "state")) : new FileStateStore(folder);

    public static StreamingEngine Open(string kind, string folder, StreamingOptions? options = null, Runtime.RecurrentModel? model = null)
        => StreamingEngine.Open(model ?? Streams.Model(), Make(kind, folder), options);

    /// <summary>The files as they are at this moment: what a process that is killed now leaves.</summary>
    public static void Kill(string folder, string copy)
    {
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(folder))
        {
            // The lock and what lives as long as the process.
            if (file.EndsWith("lock", StringComparison.Ordinal) || file.Contains("evicted", StringComparison.Ordinal)) continue;
            using var from = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var to = File.Create(Path.Combine(copy, Path.GetFileName(file)));
            from.CopyTo(to);
        }
    }

    /// <summary>The newest snapshot of a store.</summary>
    public static string Newest(string kind, string folder)
        => kind == Sqlite ? Path.Combine(folder, "state") : Directory.GetFiles(folder, "snapshot-*.ssds").Order(StringComparer.Ordinal).Last();

    /// <summary>The segment of the event log that is written to.</summary>
    public static string Log(string folder) => Directory.GetFiles(folder, "*log.*").OrderBy(f => long.Parse(f[(f.LastIndexOf('.') + 1)..], System.Globalization.CultureInfo.InvariantCulture)).Last();

    public static void Same(StreamingEngine expected, StreamingEngine actual)
    {
        Assert.Equal(expected.SeriesCount, actual.SeriesCount);
        Assert.Equal(expected.SeriesIds().Order(StringComparer.Ordinal), actual.SeriesIds().Order(StringComparer.Ordinal));
        foreach (var id in expected.SeriesIds())
        {
            Assert.Equal(expected.Progress(id), actual.Progress(id));
            Assert.Equal(Streams.Flat(expected.Forecast(id)), Streams.Flat(actual.Forecast(id)));
        }
    }
}
