using System.Text;

namespace SsdForecast.Data;

/// <summary>
/// Reads single cells as <see cref="SeriesCsv"/> does, for rows that come one at a time. The form of times is that of the schema, or else that of the
/// first cell, which must leave no doubt. Not for several threads at once.
/// </summary>
public sealed class CellReader
{
    private readonly NumberCell _numbers;
    private TimeForm? _form;

    /// <summary>A reader of cells.</summary>
    /// <param name="schema">Missing texts, decimal separator and time format; null for the defaults.</param>
    /// <exception cref="SchemaException">The time format is no pattern, or the decimal separator none.</exception>
    public CellReader(CsvSchema? schema = null)
    {
        schema ??= new CsvSchema();
        _numbers = new NumberCell(schema);
        _form = schema.TimeFormat is { } told ? TimeForm.Told(told, "--time-format") : null;
    }

    /// <summary>Reads a number; NaN for a missing one.</summary>
    /// <exception cref="FormatException">Neither; the message is one line and says what to do.</exception>
    public double Number(string cell)
        => _numbers.TryRead(Encoding.UTF8.GetBytes(cell), out var value) ? value : throw new FormatException($"'{OneLine.Short(cell)}' is not a number; fix the cell or list it in --missing");

    /// <summary>Reads a time.</summary>
    /// <exception cref="FormatException">Not a time, or one that can be read in two ways; the message is one line and says what to do.</exception>
    public DateTime Time(string cell)
    {
        var utf8 = Encoding.UTF8.GetBytes(cell.Trim());
        _form ??= Detect(cell.Trim());
        return _form.TryRead(utf8, out var ticks) ? new DateTime(ticks) : throw new FormatException($"'{OneLine.Short(cell)}' is not a time ({_form.Description}); fix the cell or pass --time-format");
    }

    private static TimeForm Detect(string cell)
    {
        TimeFormKind[] kinds = [.. TimeFormDetector.OfTimes([cell]).Where(k => k != TimeFormKind.RowNumber)];
        return kinds.Length switch
        {
            1 => new TimeForm(kinds[0]),
            0 => throw new FormatException($"'{OneLine.Short(cell)}' is not a time in a form that is known; pass --time-format with a .NET date pattern such as dd/MM/yyyy, unix_s or unix_ms"),
            _ => throw new FormatException($"'{OneLine.Short(cell)}' can be read with the day or the month first; pass --time-format, such as dd/MM/yyyy or MM/dd/yyyy"),
        };
    }
}
