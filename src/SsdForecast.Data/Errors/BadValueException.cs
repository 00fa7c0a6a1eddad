namespace SsdForecast.Data;

/// <summary>A cell that must hold a number holds something else.</summary>
public sealed class BadValueException(
    string problem,
    string? file = null,
    long? line = null,
    string? column = null,
    string? rawText = null,
    Exception? inner = null)
    : DataException(problem, file, line, column, rawText, inner);
