using SsdForecast.Data;

namespace SsdForecast.Runtime;

/// <summary>The times that follow an event, as <see cref="TimeIndex"/> gives them in batch.</summary>
internal sealed class SeriesClock(Preprocessor preprocessor)
{
    private readonly Frequency? _frequency = preprocessor.Frequency;
    private readonly TimeSpan _step = preprocessor.Frequency is { IsFixed: true } f ? f.NominalStep : preprocessor.Step;

    /// <summary>Whether times count at all.</summary>
    public bool HasTimestamps { get; } = preprocessor.HasTimestamps;

    /// <summary>The time <paramref name="lead"/> steps after the last event.</summary>
    public DateTime After(ref readonly StateHeader header, int lead)
    {
        if (_frequency is not { IsFixed: false } calendar) return new DateTime(header.LastTicks + (_step.Ticks * lead));
        // Months are counted from the first event: 30 January, 28 February, 30 March.
        var first = new DateTime(header.FirstTicks);
        var steps = calendar.StepsBetween(first, new DateTime(header.LastTicks));
        return calendar.Add(first, steps + lead);
    }

    /// <summary>The time whose token tells of the calendar: of the next value, or of this one for an irregular series.</summary>
    public DateTime CalendarTime(ref readonly StateHeader header) => _frequency is null ? new DateTime(header.LastTicks) : After(in header, 1);
}
