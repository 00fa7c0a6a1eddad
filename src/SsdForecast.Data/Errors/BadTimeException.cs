namespace SsdForecast.Data;

/// <summary>A cell that must hold a time holds something else, nothing, or a time that can be read in two ways.</summary>
public sealed class BadTimeException(
    string problem,
    string? file = null,
    long? line = null,
    string? column = null,
    string? rawText = null,
    Exception? inner = null)
    : DataException(problem, file, line, column, rawText, inner);
