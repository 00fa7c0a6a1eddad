namespace SsdForecast.Data;

/// <summary>A cycle of the calendar that a model may see as a sine and a cosine.</summary>
public enum CalendarCycle
{
    /// <summary>The fraction of the day that has passed.</summary>
    HourOfDay,

    /// <summary>The fraction of the week that has passed; Monday 00:00 is 0.</summary>
    DayOfWeek,

    /// <summary>The fraction of the year that has passed; 1 January 00:00 is 0.</summary>
    DayOfYear,
}
