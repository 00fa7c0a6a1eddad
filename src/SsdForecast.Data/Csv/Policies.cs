namespace SsdForecast.Data;

/// <summary>What to do about times that a regular series lacks.</summary>
public enum GapPolicy
{
    /// <summary>Insert rows of missing values and report how many. The default.</summary>
    Fill,

    /// <summary>Throw <see cref="GapException"/>.</summary>
    Refuse,
}

/// <summary>What to do about several rows of one series and time, such as the hour that the end of summer time repeats.</summary>
public enum DuplicatePolicy
{
    /// <summary>Keep the row that comes first in the file and report the others. The default.</summary>
    KeepFirst,

    /// <summary>Keep the row that comes last in the file.</summary>
    KeepLast,

    /// <summary>Average the rows, column by column, over the values that are not missing.</summary>
    Mean,

    /// <summary>Throw <see cref="DuplicateException"/>.</summary>
    Refuse,
}

/// <summary>What to do about rows that are earlier than the row before them.</summary>
public enum OrderPolicy
{
    /// <summary>Sort the rows of each series by time and report how many were out of place. The default.</summary>
    Sort,

    /// <summary>Throw <see cref="OrderException"/>.</summary>
    Refuse,
}

/// <summary>Whether rows lie on a regular grid of time or are events.</summary>
public enum Spacing
{
    /// <summary>
    /// Decided by rule and reported. Let the step be the commonest between successive times. The series is regular if at least 90 % of its
    /// rows lie on the grid of that step and filling the grid takes at most three times the rows; else its rows are kept as events. The default.
    /// </summary>
    Auto,

    /// <summary>A grid of the commonest step, or of the frequency that the schema tells, however many rows must be filled in.</summary>
    Regular,

    /// <summary>Events, each at its own time.</summary>
    Irregular,
}
