using System.Globalization;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Settings;
using SsdForecast.Runtime;
using SsdForecast.Streaming;

namespace SsdForecast.Cli.Serving;

/// <summary>What <c>ssdf stream</c> was asked for.</summary>
internal sealed record StreamRequest
{
    /// <summary>Model folder.</summary>
    public required string Model { get; init; }

    /// <summary>File or folder of states to go on from and save to; null: none.</summary>
    public string? State { get; init; }

    /// <summary>File of events, or <c>-</c> for standard input.</summary>
    public string Input { get; init; } = "-";

    /// <summary>File of forecasts; null for standard output.</summary>
    public string? Out { get; init; }

    /// <summary>csv or jsonl; null: by the name of the file, else csv.</summary>
    public string? Format { get; init; }

    /// <summary>csv or jsonl; null: by the name of the file, else as the input.</summary>
    public string? OutputFormat { get; init; }

    /// <summary>Write all lead times, not the first alone.</summary>
    public bool AllLeads { get; init; }

    /// <summary>Most lines a second; 0: as fast as they come.</summary>
    public double Rate { get; init; }

    /// <summary>Show a terminal view.</summary>
    public bool Live { get; init; }

    /// <summary>Pass over JSON properties that are no columns of the model.</summary>
    public bool IgnoreUnknown { get; init; }

    /// <summary>Column of sequence numbers.</summary>
    public string? Sequence { get; init; }

    /// <summary>refuse, drop or reorder; null: refuse.</summary>
    public string? Late { get; init; }

    /// <summary>snap, refuse or keep; null: snap.</summary>
    public string? OffGrid { get; init; }

    /// <summary>Events of a series that may wait; null: the engine's default.</summary>
    public int? ReorderWindow { get; init; }

    /// <summary>Series in memory; null: all.</summary>
    public int? MaxResident { get; init; }

    /// <summary>Events from one snapshot to the next; null: <see cref="DefaultSnapshotEvery"/>.</summary>
    public int? SnapshotEvery { get; init; }

    /// <summary>When the log is forced to the disk: <c>event</c>, a number of events, or seconds such as <c>1s</c>; null: 1s.</summary>
    public string? Sync { get; init; }

    /// <summary>float32 or int8; null: float32.</summary>
    public string? Weights { get; init; }

    /// <summary>Whether the model's matrices are held in 8 bits a weight.</summary>
    public bool HasInt8Weights => Weights == "int8";

    /// <summary>What is watched.</summary>
    public MonitorRequest Monitor { get; init; } = new();

    /// <summary>The summary as JSON: on standard output where forecasts go to a file, else on standard error.</summary>
    public bool Json { get; init; }

    /// <summary>How cells are read, over what the model remembers.</summary>
    public required SettingValues Columns { get; init; }

    /// <summary>The default of <see cref="SnapshotEvery"/>.</summary>
    public const int DefaultSnapshotEvery = 100_000;

    /// <summary>What messages call the input.</summary>
    public string Source => Input == "-" ? "stdin" : Input;

    /// <summary>Whether events are JSON lines.</summary>
    public bool ReadsJson => Format == "jsonl" || (Format is null && IsJson(InputFile.Name(Input)));

    /// <summary>Whether forecasts are written as JSON lines.</summary>
    public bool WritesJson => OutputFormat is not null ? OutputFormat == "jsonl" : Out is not null && Path.HasExtension(Out) ? IsJson(Out) : ReadsJson;

    /// <summary>The engine's options.</summary>
    public StreamingOptions Options => new()
    {
        Late = Late switch { "drop" => LatePolicy.Drop, "reorder" => LatePolicy.Reorder, _ => LatePolicy.Refuse },
        OffGrid = OffGrid switch { "refuse" => OffGridPolicy.Refuse, "keep" => OffGridPolicy.Keep, _ => OffGridPolicy.Snap },
        ReorderWindow = ReorderWindow ?? new StreamingOptions().ReorderWindow,
        MaxResident = MaxResident ?? 0,
        // One thread takes the events; what is not in the log comes again from the input.
        Shards = 1,
        BufferLog = true,
        // By events it is forced by the session, after the forecasts of the same events.
        Sync = SyncEvents > 0 ? LogSync.Never : ReadSync(),
    };

    /// <summary>Events after which log and output are forced to the disk; 0: by the clock.</summary>
    public long SyncEvents => ReadSync().Events;

    public void Validate()
    {
        foreach (var (name, format) in new[] { ("--format", Format), ("--output-format", OutputFormat) })
            if (format is not (null or "csv" or "jsonl")) throw CommandException.Usage(name, $"'{format}' is neither csv nor jsonl");
        if (Weights is not (null or "float32" or "int8")) throw CommandException.Usage("--weights", $"'{Weights}' is neither float32 nor int8");
        if (Late is not (null or "refuse" or "drop" or "reorder")) throw CommandException.Usage("--late", $"'{Late}' is none of refuse, drop, reorder");
        if (OffGrid is not (null or "snap" or "refuse" or "keep")) throw CommandException.Usage("--off-grid", $"'{OffGrid}' is none of snap, refuse, keep");
        if (!(Rate >= 0 && double.IsFinite(Rate))) throw CommandException.Usage("--rate", $"{Rate} is not a number of lines a second");
        if (ReorderWindow is < 1 or > 4096) throw CommandException.Usage("--reorder-window", $"{ReorderWindow} is not between 1 and 4096");
        if (ReorderWindow is not null && Late != "reorder") throw CommandException.Usage("--reorder-window", "events wait only with --late reorder; pass that as well");
        if (MaxResident is < 1) throw CommandException.Usage("--max-resident", $"{MaxResident} is too small; it must be 1 or more");
        if (SnapshotEvery is < 1) throw CommandException.Usage("--snapshot-every", $"{SnapshotEvery} is too small; it must be 1 or more");
        if (State is null && MaxResident is not null) throw CommandException.Usage("--max-resident", "the other series need a place; pass --state as well");
        foreach (var (name, isGiven) in new[] { ("--snapshot-every", SnapshotEvery is not null), ("--sync", Sync is not null) })
            if (State is null && isGiven) throw CommandException.Usage(name, "there is no state to keep; pass --state as well");
        _ = ReadSync();
        Monitor.Validate();
        DataFile.RequireModel(Model);
        if (Input != "-") DataFile.Require(Input, "a file of events, or - for standard input");
        if (Out is { } output && Input != "-" && Path.GetFullPath(output) == Path.GetFullPath(Input)) throw CommandException.Usage("--out", $"{output} is the input; name another file");
        foreach (var (name, path) in new[] { ("--out", Out), ("--state", State) })
            if (path is not null && IsWithin(path, Model)) throw CommandException.Usage(name, $"{path} is part of the model; name another place");
        if (Out is not null && State is not null && (IsWithin(Out, State) || Path.GetFullPath(Out).StartsWith(Path.GetFullPath(State) + ".", StringComparison.Ordinal)))
            throw CommandException.Usage("--out", $"{Out} is where the state is; name another file");
    }

    /// <summary>Checks what depends on the model.</summary>
    /// <exception cref="CommandException">An option that its series have no use for.</exception>
    public void RequireFor(RecurrentModel model)
    {
        if (OffGrid is not null && !(model.Preprocessor is { HasTimestamps: true, IsRegular: true }))
            throw CommandException.Usage("--off-grid", "the model was not trained on a series of a regular step in time, so there is no grid; leave it out");
    }

    private LogSync ReadSync()
    {
        if (Sync is null) return new StreamingOptions().Sync;
        if (Sync == "event") return LogSync.EachEvent;
        if (Sync.EndsWith('s') && double.TryParse(Sync[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 86400) return LogSync.Interval(TimeSpan.FromSeconds(seconds));
        if (long.TryParse(Sync, NumberStyles.None, CultureInfo.InvariantCulture, out var events) && events > 0) return LogSync.EachEvents(events);
        throw CommandException.Usage("--sync", $"'{Sync}' is none of: event, a number of events such as 1000, a time such as 1s");
    }

    /// <summary>Whether a path is another one, or lies in it.</summary>
    private static bool IsWithin(string path, string folder)
    {
        var (inner, outer) = (Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return inner == outer || inner.StartsWith(outer + Path.DirectorySeparatorChar, StringComparison.Ordinal);
    }

    private static bool IsJson(string file) => file.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase);
}
