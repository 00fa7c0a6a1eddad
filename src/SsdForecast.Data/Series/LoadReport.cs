namespace SsdForecast.Data;

/// <summary>What happened to how many rows, and where first.</summary>
/// <param name="Count">Number of rows.</param>
/// <param name="FirstLine">Line in the file of the first of them, counted from 1; 0 when there is none.</param>
public readonly record struct RowTally(int Count, long FirstLine);

/// <summary>
/// What a loader read, detected, repaired and left out. Nothing is detected or repaired without a line in <see cref="Lines"/>.
/// </summary>
public sealed record LoadReport
{
    /// <summary>A report of nothing, for tables that were not loaded.</summary>
    public static LoadReport Empty { get; } = new();

    /// <summary>The file, or the name given with a reader.</summary>
    public string? Source { get; init; }

    /// <summary>The schema with every column name that was detected filled in, and the order of day and month where dates have the year last; another file of the same form is read with it without detecting. Null for tables that were not loaded.</summary>
    public CsvSchema? Schema { get; init; }

    /// <summary>The layout found or told.</summary>
    public CsvLayout Layout { get; init; }

    /// <summary>The cell delimiter found.</summary>
    public char Delimiter { get; init; } = ',';

    /// <summary>Data rows read; the header and blank lines are not counted.</summary>
    public int RowsRead { get; init; }

    /// <summary>Rows that had the series and time of an earlier row.</summary>
    public RowTally Duplicates { get; init; }

    /// <summary>Rows that were earlier than the row before them and were sorted into place.</summary>
    public RowTally OutOfOrder { get; init; }

    /// <summary>Rows that lay off the time grid and were snapped to its nearest time.</summary>
    public RowTally OffGrid { get; init; }

    /// <summary>Rows inserted, with missing values, where the time grid had none; <see cref="RowTally.FirstLine"/> is the line after the first gap.</summary>
    public RowTally GapsFilled { get; init; }

    /// <summary>Missing target values in the file, before gaps were filled.</summary>
    public int MissingValues { get; init; }

    /// <summary>The frequency found or told; null when the series are irregular events.</summary>
    public Frequency? Frequency { get; init; }

    /// <summary>What was detected, one plain sentence each: delimiter, layout, columns, time format, frequency.</summary>
    public IReadOnlyList<string> Detected { get; init; } = [];

    /// <summary>What was repaired or should give pause, one plain sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary><see cref="Detected"/> and then <see cref="Warnings"/>.</summary>
    public IReadOnlyList<string> Lines => [.. Detected, .. Warnings.Select(w => "warning: " + w)];

    /// <summary>All lines, joined by line breaks.</summary>
    public override string ToString() => string.Join(Environment.NewLine, Lines);
}
