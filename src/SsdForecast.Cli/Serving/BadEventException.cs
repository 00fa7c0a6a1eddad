namespace SsdForecast.Cli.Serving;

/// <summary>Why a line holds no event.</summary>
internal enum BadEvent
{
    /// <summary>Not the form that was told: CSV with the cells of the header, or a JSON object.</summary>
    Unreadable,

    /// <summary>Nothing on the line.</summary>
    EmptyLine,

    /// <summary>More than <see cref="InputLines.Longest"/> bytes.</summary>
    LineTooLong,

    /// <summary>A column is missing.</summary>
    MissingColumn,

    /// <summary>A column that the model does not have.</summary>
    UnknownColumn,

    /// <summary>A cell that is no number.</summary>
    NotANumber,

    /// <summary>A cell that is no time.</summary>
    NotATime,

    /// <summary>A name that no series can have.</summary>
    BadName,
}

/// <summary>A line that holds no event. The message is one line, without the place.</summary>
internal sealed class BadEventException(BadEvent reason, string problem) : Exception(OneLine(problem))
{
    public BadEvent Reason { get; } = reason;

    /// <summary>A text that quotes what came, on one line and without what a terminal would obey.</summary>
    public static string OneLine(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;
}
