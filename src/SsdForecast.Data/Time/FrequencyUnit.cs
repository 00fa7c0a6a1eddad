namespace SsdForecast.Data;

/// <summary>The unit in which the steps of a <see cref="Frequency"/> are counted.</summary>
public enum FrequencyUnit
{
    /// <summary>Steps are numbered, without a clock: first value, second value, …</summary>
    Ordinal,

    /// <summary>Seconds.</summary>
    Second,

    /// <summary>Minutes.</summary>
    Minute,

    /// <summary>Hours.</summary>
    Hour,

    /// <summary>Days.</summary>
    Day,

    /// <summary>Weeks of seven days, on whatever weekday the series starts.</summary>
    Week,

    /// <summary>Calendar months, on whatever day of the month the series starts; a month's last day stays the last day.</summary>
    Month,

    /// <summary>Calendar quarters, three months each.</summary>
    Quarter,

    /// <summary>Calendar years.</summary>
    Year,
}
