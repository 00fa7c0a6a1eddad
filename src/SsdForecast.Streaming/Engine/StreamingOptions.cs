namespace SsdForecast.Streaming;

/// <summary>What to do where a series of a regular step skips some.</summary>
public enum MissingSteps
{
    /// <summary>Take each skipped step as a missing value, as batch forecasting does.</summary>
    Fill,

    /// <summary>Take each event as the next step, whatever its time.</summary>
    Ignore,
}

/// <summary>Options of a <see cref="StreamingEngine"/>.</summary>
public sealed record StreamingOptions
{
    /// <summary>Number of shards, each with a lock of its own. Default 0: 16 a processor, fewer where <see cref="MaxResident"/> would leave them under 256 series each.</summary>
    public int Shards { get; init; }

    /// <summary>What to do with skipped steps. Default <see cref="MissingSteps.Fill"/>. Without effect for irregular and ordinal series.</summary>
    public MissingSteps MissingSteps { get; init; } = MissingSteps.Fill;

    /// <summary>The longest gap to fill, in steps; an event after a longer one is refused, for a wrong unit of time looks like that. Default 100,000.</summary>
    public int MaxGap { get; init; } = 100_000;

    /// <summary>What to do with an event that is not after the last one of its series. Default <see cref="LatePolicy.Refuse"/>.</summary>
    public LatePolicy Late { get; init; } = LatePolicy.Refuse;

    /// <summary>
    /// What to do with a time between two steps of a regular series. Default <see cref="OffGridPolicy.Snap"/>. Without effect for irregular and ordinal
    /// series, and with <see cref="MissingSteps.Ignore"/>.
    /// </summary>
    public OffGridPolicy OffGrid { get; init; } = OffGridPolicy.Snap;

    /// <summary>With <see cref="LatePolicy.Reorder"/>, the events of a series that may wait behind a gap, 1 to 4096. Default 16.</summary>
    public int ReorderWindow { get; init; } = 16;

    /// <summary>Series held in memory at most; beyond it those used the longest ago go to the store. Default 0: all. Needs a store.</summary>
    public int MaxResident { get; init; }

    /// <summary>What else is kept for each series. Default: nothing.</summary>
    public IReadOnlyList<SeriesCompanion> Companions { get; init; } = [];

    /// <summary>When the event log is forced to the disk. Default: once a second. Without effect where there is no store.</summary>
    public LogSync Sync { get; init; } = LogSync.Interval(TimeSpan.FromSeconds(1));

    /// <summary>
    /// Whether log records gather in memory until <see cref="StreamingEngine.Flush"/>, for a caller that can send the last events again:
    /// what was not flushed is gone with the engine.
    /// Default false: what <c>Observe</c> has returned survives the end of the process.
    /// </summary>
    public bool BufferLog { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value out of range.</exception>
    public void Validate()
    {
        if (Shards is < 0 or > 65536) throw new ArgumentException($"{nameof(Shards)}: {Shards} is not between 0 and 65536");
        if (!Enum.IsDefined(MissingSteps)) throw new ArgumentException($"{nameof(MissingSteps)}: {MissingSteps} is none of the choices");
        if (MaxGap < 0) throw new ArgumentException($"{nameof(MaxGap)}: {MaxGap} is negative");
        if (!Enum.IsDefined(Late)) throw new ArgumentException($"{nameof(Late)}: {Late} is none of the choices");
        if (!Enum.IsDefined(OffGrid)) throw new ArgumentException($"{nameof(OffGrid)}: {OffGrid} is none of the choices");
        if (ReorderWindow is < 1 or > 4096) throw new ArgumentException($"{nameof(ReorderWindow)}: {ReorderWindow} is not between 1 and 4096");
        if (MaxResident < 0) throw new ArgumentException($"{nameof(MaxResident)}: {MaxResident} is negative");
        if (Companions is null || Companions.Any(c => c is null)) throw new ArgumentException($"{nameof(Companions)}: there is none where one is listed");
        if (Companions.FirstOrDefault(c => c.Bytes < 0 || c.Bytes % 8 != 0) is { } odd) throw new ArgumentException($"{nameof(Companions)}: '{odd.Name}' takes {odd.Bytes} bytes, not a multiple of 8");
        if (Companions.DistinctBy(c => c.Name).Count() != Companions.Count) throw new ArgumentException($"{nameof(Companions)}: two of them have one name");
        if (Sync is null) throw new ArgumentException($"{nameof(Sync)}: missing");
    }
}
