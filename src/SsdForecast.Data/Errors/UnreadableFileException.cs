namespace SsdForecast.Data;

/// <summary>A file that is no text: missing, truncated or damaged compression, binary, or in an unknown encoding.</summary>
public sealed class UnreadableFileException(
    string problem,
    string? file = null,
    long? line = null,
    string? column = null,
    string? rawText = null,
    Exception? inner = null)
    : DataException(problem, file, line, column, rawText, inner);
