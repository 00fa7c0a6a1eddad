using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>An event of one of many series.</summary>
/// <param name="SeriesId">The series; one that has not been seen begins with this event.</param>
/// <param name="Observation">What was observed.</param>
public readonly record struct SeriesEvent(string SeriesId, Observation Observation)
{
    /// <summary>The event's sequence number within its series; <see cref="StreamingEngine.NoSequence"/>, the default, without one.</summary>
    public long Sequence { get; init; } = StreamingEngine.NoSequence;
}
