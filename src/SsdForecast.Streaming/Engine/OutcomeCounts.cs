using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>How often each thing has happened since the engine was made: events by outcome, rejections by reason, series in and out of memory.</summary>
public sealed class OutcomeCounts
{
    private readonly long[] _outcomes = new long[Enum.GetValues<ObservationStatus>().Length];
    private readonly long[] _rejections = new long[Enum.GetValues<ObservationProblem>().Length];

    /// <summary>Calls that ended with an outcome. An event that waited counts as <see cref="ObservationStatus.Buffered"/> once, and under <see cref="Taken"/> when it is taken.</summary>
    public long this[ObservationStatus status] => _outcomes[(int)status];

    /// <summary>Rejections for a reason, of events that had waited too.</summary>
    public long this[ObservationProblem reason] => _rejections[(int)reason];

    /// <summary>Events brought into states.</summary>
    public long Taken { get; internal set; }

    /// <summary>Events accepted or buffered with their time snapped to the nearest step (<see cref="OffGridPolicy.Snap"/>).</summary>
    public long Snapped { get; internal set; }

    /// <summary>
    /// Events that came to wait behind a gap (<see cref="LatePolicy.Reorder"/>), less those that no longer do: by how much the number of events that wait has
    /// changed. Less than 0 where events of a restored state were taken.
    /// </summary>
    public long Waiting { get; internal set; }

    /// <summary>Series begun.</summary>
    public long Begun { get; internal set; }

    /// <summary>Series put out of memory into the store.</summary>
    public long Evicted { get; internal set; }

    /// <summary>Series brought back from the store.</summary>
    public long Loaded { get; internal set; }

    /// <summary>Events rejected for any reason.</summary>
    public long Rejected => _rejections.Sum();

    internal void Add(ObservationStatus status) => _outcomes[(int)status]++;

    internal void Add(ObservationProblem reason) => _rejections[(int)reason]++;

    internal void Add(OutcomeCounts other)
    {
        for (var i = 0; i < _outcomes.Length; i++) _outcomes[i] += other._outcomes[i];
        for (var i = 0; i < _rejections.Length; i++) _rejections[i] += other._rejections[i];
        Taken += other.Taken;
        Snapped += other.Snapped;
        Waiting += other.Waiting;
        Begun += other.Begun;
        Evicted += other.Evicted;
        Loaded += other.Loaded;
    }
}
