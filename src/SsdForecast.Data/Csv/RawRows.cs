namespace SsdForecast.Data;

/// <summary>The rows of one series, or of one wide file, in the order of the file.</summary>
internal sealed class RawRows
{
    public RawRows(string? id, int columns)
    {
        Id = id;
        Columns = new List<double>[columns];
        for (var c = 0; c < columns; c++) Columns[c] = [];
    }

    /// <summary>Name of the series; null for a wide file, whose series are its columns.</summary>
    public string? Id { get; }

    /// <summary>Times in ticks, or row numbers; empty for a file without times.</summary>
    public List<long> Ticks { get; } = [];

    /// <summary>The line of each row.</summary>
    public List<long> Lines { get; } = [];

    /// <summary>One list a column of <see cref="CsvRoles.Numbers"/>; NaN where missing.</summary>
    public List<double>[] Columns { get; }
}
