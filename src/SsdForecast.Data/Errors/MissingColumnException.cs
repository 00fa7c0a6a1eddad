namespace SsdForecast.Data;

/// <summary>A column that was asked for, or is needed, does not exist. The message names those that do, and one that is near.</summary>
public sealed class MissingColumnException(
    string problem,
    string? file = null,
    long? line = null,
    string? column = null,
    string? rawText = null,
    Exception? inner = null)
    : DataException(problem, file, line, column, rawText, inner);
