using System.Text;

namespace SsdForecast.Data;

/// <summary>
/// Reads single cells as <see cref="SeriesCsv"/> does, for rows that come one at a time. The form of times is that of the schema, or else that of the
/// first cell, which must leave no doubt beside the order of day and month in the schema. Not for several threads at once.
/// </summary>
public sealed class CellReader
{
    private readonly NumberCell _numbers;
    private readonly TimeFormKind? _order;
    private TimeForm? _form;

    /// <summary>A reader of cells.</summary>
    /// <param name="schema">Missing texts, decimal separator and time format; null for the defaults.</param>
    /// <exception cref="SchemaException">The time format is no pattern, or the decimal separator none.</exception>
    public CellReader(CsvSchema? schema = null)
    {
        schema ??= new CsvSchema();
        _numbers = new NumberCell(schema);
        _form = TimeForm.Told(schema.TimeFormat, "--time-format");
        _order = TimeForm.ToldOrder(schema.TimeFormat);
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

    /// <summary>As <see cref="Number(string)"/>, from UTF-8 and without garbage.</summary>
    /// <exception cref="FormatException">Not a number; the message is one line and says what to do.</exception>
    public double Number(ReadOnlySpan<byte> utf8) => _numbers.TryRead(utf8, out var value) ? value : Number(Encoding.UTF8.GetString(utf8));

    /// <summary>As <see cref="Time(string)"/>, from UTF-8 and, after the first one, without garbage.</summary>
    /// <exception cref="FormatException">Not a time, or one that can be read in two ways; the message is one line and says what to do.</exception>
    public DateTime Time(ReadOnlySpan<byte> utf8) => _form is not null && _form.TryRead(utf8, out var ticks) ? new DateTime(ticks) : Time(Encoding.UTF8.GetString(utf8));

    private TimeForm Detect(string cell)
    {
        TimeFormKind[] kinds = [.. TimeFormDetector.OfTimes([cell], _order).Where(k => k != TimeFormKind.RowNumber)];
        return kinds.Length switch
        {
            1 => new TimeForm(kinds[0]),
            0 => throw new FormatException($"'{OneLine.Short(cell)}' is not a time in a form that is known; pass --time-format with a .NET date pattern such as dd/MM/yyyy, unix_s or unix_ms"),
            _ => throw new FormatException($"'{OneLine.Short(cell)}' can be read with the day or the month first; pass --time-format day_first or --time-format month_first"),
        };
    }
}
