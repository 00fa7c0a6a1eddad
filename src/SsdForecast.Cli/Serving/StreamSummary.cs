using System.Globalization;
using System.Text.Json.Serialization;
using SsdForecast.Cli.Output;

namespace SsdForecast.Cli.Serving;

/// <summary>What a run of a stream did: of this run alone, but for what is said to be in the state.</summary>
internal sealed record StreamSummary
{
    /// <summary>Events taken.</summary>
    public required long Events { get; init; }

    /// <summary>Series in the state.</summary>
    public required long Series { get; init; }

    /// <summary>Lines rejected.</summary>
    public required long Rejected { get; init; }

    /// <summary>Events that had been taken before.</summary>
    public required long SeenBefore { get; init; }

    /// <summary>Events passed over because they came late.</summary>
    public required long Late { get; init; }

    /// <summary>Events whose time was snapped to the nearest step.</summary>
    public required long Snapped { get; init; }

    /// <summary>Events that still wait behind a gap, those of earlier runs in the same state among them.</summary>
    public required long HeldBack { get; init; }

    /// <summary>How long the run took, without opening the state.</summary>
    public required double Seconds { get; init; }

    public double EventsPerSecond => Events / Math.Max(Seconds, 1e-9);

    /// <summary>Mean absolute error of one step ahead, over that of the seasonal naive forecast; NaN if nothing was judged.</summary>
    public required double Mase { get; init; }

    /// <summary>Part of values within the outermost quantiles, as they were given out; NaN if nothing was judged, and for a point model.</summary>
    public required double Coverage { get; init; }

    /// <summary>What it should be; NaN for a point model.</summary>
    public required double NominalCoverage { get; init; }

    /// <summary>Events flagged; null where that was not asked for.</summary>
    public required long? Anomalies { get; init; }

    /// <inheritdoc cref="MonitorCounts.AnomalyLevel"/>
    public required double? AnomalyLevel { get; init; }

    /// <summary>Times that the error rose for good; null where that was not asked for.</summary>
    public required long? Drifts { get; init; }

    /// <inheritdoc cref="MonitorCounts.DriftThreshold"/>
    public required double? DriftThreshold { get; init; }

    /// <summary>Rejections by reason.</summary>
    public required IReadOnlyDictionary<string, long> Reasons { get; init; }

    /// <summary>Where the states were saved; null if nowhere.</summary>
    public required string? State { get; init; }

    /// <summary>Whether the run was asked to stop.</summary>
    public required bool Stopped { get; init; }

    /// <summary>Anomalies and drifts in words; empty where none was asked for.</summary>
    [JsonIgnore]
    public string Watched { get; init; } = "";

    /// <summary>One line on what was done, and one on what was rejected if anything was.</summary>
    public IEnumerable<string> Lines()
    {
        var others = "";
        foreach (var (count, what) in ((long, string)[])[(SeenBefore, "seen before"), (Late, "late"), (Snapped, "snapped to the nearest step"), (HeldBack, "held back")])
            if (count > 0) others += string.Create(CultureInfo.InvariantCulture, $"{count} {what}, ");
        var judged = new List<string>();
        if (double.IsFinite(Mase)) judged.Add($"MASE {Numbers.Score(Mase)}");
        if (double.IsFinite(Coverage) && double.IsFinite(NominalCoverage)) judged.Add($"coverage {Numbers.Percent(Coverage)} of {Numbers.Percent(NominalCoverage)}");
        var score = judged.Count > 0 ? "; one step ahead: " + string.Join(", ", judged) : "";
        if (Watched.Length > 0) score += $"; {Watched}";
        yield return string.Create(CultureInfo.InvariantCulture, $"{Events} events of {Series} series, {Rejected} rejected, {others}{Numbers.Count(EventsPerSecond)} events/s{score}")
            + (State is null ? "" : $"; states saved to {State}") + (Stopped ? "; stopped" : "");
        if (Reasons.Count > 0) yield return "rejected: " + string.Join(", ", Reasons.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Key} {r.Value}")));
    }
}
