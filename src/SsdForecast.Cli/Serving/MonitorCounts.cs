using System.Globalization;
using SsdForecast.Streaming;

namespace SsdForecast.Cli.Serving;

/// <summary>What the monitor of a run has flagged so far.</summary>
/// <param name="request">What was asked for.</param>
internal sealed class MonitorCounts(MonitorRequest request)
{
    private readonly MonitorOptions _options = request.Options;

    /// <summary>Events whose p-value was below the level; null where they are not asked for.</summary>
    public long? Anomalies { get; private set; } = request.Anomalies is null ? null : 0;

    /// <summary>Times that the error rose for good; null where they are not asked for.</summary>
    public long? Drifts { get; private set; } = request.Drift is null ? null : 0;

    /// <summary>The p-value below which an event is flagged; null where that is not asked for.</summary>
    public double? AnomalyLevel => Anomalies is null ? null : _options.AnomalyLevel;

    /// <summary>The threshold of Page-Hinkley; null where drift is not asked for.</summary>
    public double? DriftThreshold => Drifts is null ? null : _options.DriftThreshold;

    /// <summary>Counts what was said of an event.</summary>
    /// <returns>Whether it is to be told of: the error of its series has risen for good.</returns>
    public bool Add(in Verdict verdict)
    {
        if (verdict.IsAnomaly) Anomalies++;
        if (!verdict.HasDrifted) return false;
        Drifts++;
        return Drifts is not null;
    }

    /// <summary>Both counts in words; empty where none is asked for.</summary>
    public override string ToString()
    {
        var anomalies = Anomalies is { } a ? string.Create(CultureInfo.InvariantCulture, $"{a:N0} {(a == 1 ? "anomaly" : "anomalies")} (p < {_options.AnomalyLevel})") : "";
        var drifts = Drifts is { } d ? string.Create(CultureInfo.InvariantCulture, $"{d:N0} {(d == 1 ? "drift" : "drifts")}") : "";
        return anomalies + (anomalies.Length > 0 && drifts.Length > 0 ? ", " : "") + drifts;
    }
}
