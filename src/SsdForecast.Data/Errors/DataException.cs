namespace SsdForecast.Data;

/// <summary>
/// Data that cannot be used. <see cref="Exception.Message"/> is one line that names the place and the way out, such as
/// <c>data.csv:17, column 'y': 'abc' is not a number. Fix the cell or list it in --missing.</c>
/// </summary>
public class DataException : Exception
{
    /// <summary>An error at a place.</summary>
    /// <param name="problem">What is wrong and what to do about it, without the place.</param>
    /// <param name="file">The file, as the caller named it.</param>
    /// <param name="line">Line in the file, counted from 1.</param>
    /// <param name="column">Name of the column.</param>
    /// <param name="rawText">The text of the cell, exactly.</param>
    /// <param name="inner">The cause.</param>
    public DataException(string problem, string? file = null, long? line = null, string? column = null, string? rawText = null, Exception? inner = null)
        : base(OneLine.Of(Place(file, line, column) + problem), inner)
    {
        File = file;
        Line = line;
        Column = column;
        RawText = rawText;
    }

    /// <summary>The file, as the caller named it; null when the data came from memory.</summary>
    public string? File { get; }

    /// <summary>Line in the file, counted from 1; null when the error is not of one line.</summary>
    public long? Line { get; }

    /// <summary>Name of the column; null when the error is not of one column.</summary>
    public string? Column { get; }

    /// <summary>The text of the cell, exactly; null when the error is not of one cell.</summary>
    public string? RawText { get; }

    private static string Place(string? file, long? line, string? column)
    {
        var place = file ?? "";
        if (line is not null) place += file is null ? $"line {line}" : $":{line}";
        if (column is not null) place += place.Length > 0 ? $", column '{OneLine.Short(column)}'" : $"column '{OneLine.Short(column)}'";
        return place.Length > 0 ? place + ": " : "";
    }
}
