using System.Globalization;

namespace SsdForecast.Runtime;

/// <summary>Why an event was refused.</summary>
public enum ObservationProblem
{
    /// <summary>A value or covariate is infinite.</summary>
    NotFinite,

    /// <summary>A value or covariate is more than <see cref="RecurrentModel.MaxMagnitude"/> standard deviations away.</summary>
    OutOfRange,

    /// <summary>The time is not after that of the series' last event.</summary>
    TimeNotAfter,

    /// <summary>The time is so late that the horizon would pass the year 9999.</summary>
    TimeOutOfRange,

    /// <summary>The number of covariates is not the model's.</summary>
    CovariateCount,

    /// <summary>For a model of a regular step, the event comes less than half a step after the last one.</summary>
    TimeOffGrid,

    /// <summary>More steps are missing before the event than are filled.</summary>
    GapTooLong,
}

/// <summary>An event that cannot be taken. The state of its series is as it was; the message is one line.</summary>
public sealed class ObservationException : Exception
{
    /// <summary>A refused event.</summary>
    /// <param name="problem">Why.</param>
    /// <param name="seriesId">The series.</param>
    /// <param name="time">The event's time.</param>
    /// <param name="detail">What is wrong and what to do, without a line break.</param>
    public ObservationException(ObservationProblem problem, string seriesId, DateTime time, string detail)
        : base(string.Create(CultureInfo.InvariantCulture, $"series '{seriesId}', event at {time:yyyy-MM-dd HH:mm:ss.FFFFFFF}: {detail}").ReplaceLineEndings(" "))
    {
        Problem = problem;
        SeriesId = seriesId;
        Time = time;
    }

    /// <summary>Why.</summary>
    public ObservationProblem Problem { get; }

    /// <summary>The series.</summary>
    public string SeriesId { get; }

    /// <summary>The event's time.</summary>
    public DateTime Time { get; }
}
