namespace SsdForecast.Data;

/// <summary>A series and time, a series or a column name occurs twice where that is refused.</summary>
public sealed class DuplicateException(
    string problem,
    string? file = null,
    long? line = null,
    string? column = null,
    string? rawText = null,
    Exception? inner = null)
    : DataException(problem, file, line, column, rawText, inner);
