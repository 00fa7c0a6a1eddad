namespace SsdForecast.Data;

/// <summary>Times that do not fit one frequency: two of them in one file, or rows off the grid of the frequency that was told.</summary>
public sealed class FrequencyException(
    string problem,
    string? file = null,
    long? line = null,
    string? column = null,
    string? rawText = null,
    Exception? inner = null)
    : DataException(problem, file, line, column, rawText, inner);
