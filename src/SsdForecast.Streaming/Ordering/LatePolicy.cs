namespace SsdForecast.Streaming;

/// <summary>What to do with an event that is not after the last one of its series.</summary>
public enum LatePolicy
{
    /// <summary>Refuse it as an error: <see cref="ObservationStatus.Rejected"/>, or an exception where the call has no outcome.</summary>
    Refuse,

    /// <summary>Count it and go on: <see cref="ObservationStatus.Dropped"/>.</summary>
    Drop,

    /// <summary>
    /// Hold events back behind a gap, up to <see cref="StreamingOptions.ReorderWindow"/> of them a series, until the gap is filled or given up;
    /// drop what comes later still.
    /// </summary>
    Reorder,
}
