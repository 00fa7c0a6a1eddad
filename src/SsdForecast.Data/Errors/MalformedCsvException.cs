namespace SsdForecast.Data;

/// <summary>Text that is no proper CSV: rows with another number of cells than the header, or quotes that do not close.</summary>
public sealed class MalformedCsvException(
    string problem,
    string? file = null,
    long? line = null,
    string? column = null,
    string? rawText = null,
    Exception? inner = null)
    : DataException(problem, file, line, column, rawText, inner);
