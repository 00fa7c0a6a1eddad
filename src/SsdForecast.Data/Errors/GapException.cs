namespace SsdForecast.Data;

/// <summary>A time is missing and gaps are to be refused.</summary>
public sealed class GapException(
    string problem,
    string? file = null,
    long? line = null,
    string? column = null,
    string? rawText = null,
    Exception? inner = null)
    : DataException(problem, file, line, column, rawText, inner);
