namespace SsdForecast.Streaming;

/// <summary>
/// What to do with an event of a series of a regular step whose time lies between two steps. The steps are counted from the first event of the series.
/// </summary>
public enum OffGridPolicy
{
    /// <summary>Snap its time to the nearest step, as a file is read, and say so: <see cref="ObservationOutcome.Snapped"/>.</summary>
    Snap,

    /// <summary>Refuse it as an error: <see cref="SsdForecast.Runtime.ObservationProblem.TimeOffGrid"/>.</summary>
    Refuse,

    /// <summary>Take it at its own time, from which the next steps are then counted: for a clock that drifts.</summary>
    Keep,
}
