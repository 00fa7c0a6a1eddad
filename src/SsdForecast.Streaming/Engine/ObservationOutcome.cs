using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>What became of an event.</summary>
public enum ObservationStatus
{
    /// <summary>Taken: the state of its series has moved on.</summary>
    Accepted,

    /// <summary>Seen before, by its sequence number or waiting already; nothing changed.</summary>
    Duplicate,

    /// <summary>Not after the last event of its series, and passed over as <see cref="LatePolicy"/> says; nothing changed.</summary>
    Dropped,

    /// <summary>Held back behind a gap; taken when the gap is filled or given up.</summary>
    Buffered,

    /// <summary>Cannot be taken; nothing changed. <see cref="ObservationOutcome.Refusal"/> says why.</summary>
    Rejected,
}

/// <summary>What became of an event.</summary>
/// <param name="Status">Taken, or why not.</param>
/// <param name="Taken">Events that the call brought into states: 1 for most, more where it filled a gap that others waited behind, 0 where it changed nothing.</param>
/// <param name="Refusal">Why it was rejected; null if it was not.</param>
public readonly record struct ObservationOutcome(ObservationStatus Status, int Taken = 0, ObservationException? Refusal = null)
{
    /// <summary>Whether its time lay between two steps and was snapped to the nearest when it was accepted or buffered (<see cref="OffGridPolicy.Snap"/>).</summary>
    public bool Snapped { get; init; }
}
