namespace SsdForecast.Data;

/// <summary>A schema that contradicts itself, or columns whose meaning is ambiguous and must be told.</summary>
public sealed class SchemaException(
    string problem,
    string? file = null,
    long? line = null,
    string? column = null,
    string? rawText = null,
    Exception? inner = null)
    : DataException(problem, file, line, column, rawText, inner);
