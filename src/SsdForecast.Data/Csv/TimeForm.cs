using System.Globalization;
using System.Text;

namespace SsdForecast.Data;

/// <summary>The form in which a column writes times. Parsed times are ticks of the clock, or row numbers for <see cref="TimeFormKind.RowNumber"/>.</summary>
internal enum TimeFormKind
{
    YearFirst,
    DayFirst,
    MonthFirst,
    Quarter,
    Compact,
    Year,
    EpochSeconds,
    EpochMilliseconds,
    RowNumber,
    Exact,
}

/// <summary>Reads the cells of one time column, and minds that all of them, or none, carry an offset from UTC.</summary>
internal sealed class TimeForm(TimeFormKind kind, string? pattern = null)
{
    private bool _zoned;
    private bool _plain;

    public TimeFormKind Kind => kind;

    /// <summary>Whether a cell gave an offset, so that times are UTC.</summary>
    public bool Utc => _zoned || kind is TimeFormKind.EpochSeconds or TimeFormKind.EpochMilliseconds;

    /// <summary>Some cells gave an offset and some did not.</summary>
    public bool Mixed => _zoned && _plain;

    public string Description => kind switch
    {
        TimeFormKind.YearFirst => "year first, as 2020-01-31 13:00",
        TimeFormKind.DayFirst => "day first, as 31/1/2020",
        TimeFormKind.MonthFirst => "month first, as 1/31/2020",
        TimeFormKind.Quarter => "quarters, as 2020Q1",
        TimeFormKind.Compact => "eight digits, as 20200131",
        TimeFormKind.Year => "years",
        TimeFormKind.EpochSeconds => "seconds since 1970, UTC",
        TimeFormKind.EpochMilliseconds => "milliseconds since 1970, UTC",
        TimeFormKind.RowNumber => "row numbers without a clock",
        _ => $"pattern {pattern}",
    };

    public bool TryRead(ReadOnlySpan<byte> cell, out long ticks)
    {
        bool read, zoned = false;
        switch (kind)
        {
            case TimeFormKind.YearFirst: read = TimeCell.TryYearFirst(cell, out ticks, out zoned); break;
            case TimeFormKind.DayFirst: read = TimeCell.TryYearLast(cell, dayFirst: true, out ticks, out zoned); break;
            case TimeFormKind.MonthFirst: read = TimeCell.TryYearLast(cell, dayFirst: false, out ticks, out zoned); break;
            case TimeFormKind.Quarter: read = TimeCell.TryQuarter(cell, out ticks); break;
            case TimeFormKind.Compact: read = TimeCell.TryCompact(cell, out ticks); break;
            case TimeFormKind.Year: read = TimeCell.TryYear(cell, out ticks); break;
            case TimeFormKind.EpochSeconds: read = TimeCell.TryEpochSeconds(cell, out ticks); break;
            case TimeFormKind.EpochMilliseconds: read = TimeCell.TryEpochMilliseconds(cell, out ticks); break;
            case TimeFormKind.RowNumber: read = long.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out ticks); break;
            default: read = TryExact(cell, out ticks, out zoned); break;
        }

        if (!read) return false;
        _zoned |= zoned;
        _plain |= !zoned;
        return true;
    }

    /// <summary>The name in a schema of the order of day and month in dates with the year last; null for other forms.</summary>
    public static string? OrderName(TimeFormKind kind) => kind switch
    {
        TimeFormKind.DayFirst => "day_first",
        TimeFormKind.MonthFirst => "month_first",
        _ => null,
    };

    /// <summary>The order of day and month that a format names, which holds for dates with the year last and tells nothing of other forms; null if it names none.</summary>
    public static TimeFormKind? ToldOrder(string? format)
    {
        TimeFormKind[] orders = [TimeFormKind.DayFirst, TimeFormKind.MonthFirst];
        foreach (var kind in orders)
            if (OrderName(kind)!.Equals(format, StringComparison.OrdinalIgnoreCase)) return kind;
        return null;
    }

    /// <summary>The form that the schema tells; null if it tells none, or only the order of day and month.</summary>
    /// <exception cref="SchemaException">The format is no pattern.</exception>
    public static TimeForm? Told(string? format, string file)
    {
        if (format is null || ToldOrder(format) is not null) return null;
        if (format.Equals("unix_s", StringComparison.OrdinalIgnoreCase)) return new TimeForm(TimeFormKind.EpochSeconds);
        if (format.Equals("unix_ms", StringComparison.OrdinalIgnoreCase)) return new TimeForm(TimeFormKind.EpochMilliseconds);
        if (format.Trim().Length < 2 || format.Contains('%'))
            throw new SchemaException(
                $"'{OneLine.Short(format)}' is not a .NET date pattern. Write it like dd/MM/yyyy HH:mm, or day_first, month_first, unix_s or unix_ms.",
                file);
        return new TimeForm(TimeFormKind.Exact, format);
    }

    private bool TryExact(ReadOnlySpan<byte> cell, out long ticks, out bool zoned)
    {
        const DateTimeStyles Styles = DateTimeStyles.AllowWhiteSpaces | DateTimeStyles.AdjustToUniversal;
        var read = DateTime.TryParseExact(Encoding.UTF8.GetString(cell), pattern, CultureInfo.InvariantCulture, Styles, out var time);
        ticks = time.Ticks;
        zoned = time.Kind == DateTimeKind.Utc;
        return read;
    }
}
