namespace SsdForecast.Runtime;

/// <summary>An event of a batch that could not be taken. The state of its series is as if it had not been sent.</summary>
/// <param name="Run">The index of its <see cref="SeriesRun"/>.</param>
/// <param name="Event">Its index among the run's events.</param>
/// <param name="Problem">Why.</param>
public readonly record struct RefusedEvent(int Run, int Event, ObservationException Problem);
