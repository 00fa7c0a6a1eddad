namespace SsdForecast.Data;

/// <summary>A row is earlier than the one before it and that is to be refused.</summary>
public sealed class OrderException(
    string problem,
    string? file = null,
    long? line = null,
    string? column = null,
    string? rawText = null,
    Exception? inner = null)
    : DataException(problem, file, line, column, rawText, inner);
