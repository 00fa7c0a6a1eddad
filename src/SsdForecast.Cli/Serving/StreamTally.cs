using System.Text.Json;

namespace SsdForecast.Cli.Serving;

/// <summary>What has become of the events of a run. Of what goes wrong the first hundred of a kind are told; all are counted.</summary>
/// <param name="notes">Takes what is told.</param>
internal sealed class StreamTally(StreamNotes notes)
{
    private const int MostNamed = 100;

    private readonly SortedDictionary<string, long> _reasons = new(StringComparer.Ordinal);
    private int _drifts;

    /// <summary>Events taken.</summary>
    public long Events { get; set; }

    /// <summary>Events that a run before this one had taken.</summary>
    public long SeenBefore { get; set; }

    /// <summary>Events passed over because they came late.</summary>
    public long Late { get; set; }

    /// <summary>Events whose time was snapped to the nearest step.</summary>
    public long Snapped { get; set; }

    /// <summary>Lines and events rejected.</summary>
    public long Rejected { get; private set; }

    /// <summary>Rejections by reason.</summary>
    public IReadOnlyDictionary<string, long> Reasons => _reasons;

    /// <summary>Whether there were lines and every one of them was rejected.</summary>
    public bool TookNothing => Events == 0 && SeenBefore == 0 && Rejected > 0;

    /// <summary>One more rejection.</summary>
    public void Reject(string reason, string problem)
    {
        var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(reason);
        _reasons[name] = _reasons.GetValueOrDefault(name) + 1;
        if (++Rejected <= MostNamed) notes.Add($"ssdf: {BadEventException.OneLine(problem)}; skipped");
        if (Rejected == MostNamed) notes.Add($"ssdf: {MostNamed} lines skipped; further ones are only counted");
    }

    /// <summary>One more drift that is to be told.</summary>
    public void Drift(string what)
    {
        if (++_drifts > MostNamed) return;
        notes.Add(BadEventException.OneLine($"drift: {what}"));
        if (_drifts == MostNamed) notes.Add($"drift: told {MostNamed} times; further ones are only counted and marked in the output");
    }
}
