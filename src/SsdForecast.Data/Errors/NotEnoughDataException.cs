namespace SsdForecast.Data;

/// <summary>A file or series without enough rows or values: empty, only a header, one row, or all values missing.</summary>
public sealed class NotEnoughDataException(
    string problem,
    string? file = null,
    long? line = null,
    string? column = null,
    string? rawText = null,
    Exception? inner = null)
    : DataException(problem, file, line, column, rawText, inner);
