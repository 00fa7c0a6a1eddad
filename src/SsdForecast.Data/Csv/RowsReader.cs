using System.Text;
using CsvHelper;

namespace SsdForecast.Data;

/// <summary>Reads the rows of a long or wide file into columns of numbers, by series.</summary>
internal sealed class RowsReader(
    string file,
    CsvRecords records,
    CsvHeader header,
    CsvRoles roles,
    CsvSchema schema,
    NumberCell numbers,
    ReportBuilder report)
{
    private readonly Dictionary<string, RawRows> _byId = new(StringComparer.Ordinal);
    private readonly List<RawRows> _groups = [];
    private byte[] _lastId = [];
    private RawRows? _last;

    /// <summary>Reads all rows; series in the order of their first row.</summary>
    /// <param name="form">How to read times; null for rows without.</param>
    public List<RawRows> Read(TimeForm? form)
    {
        using var reader = records.Open();
        if (schema.HasHeader) records.Next(reader);
        int rows = 0, blank = 0;
        while (records.Next(reader))
        {
            if (reader.FieldCount != header.Count) ThrowRagged(reader);
            if (IsBlank(reader))
            {
                blank++;
                continue;
            }

            rows++;
            var group = Group(reader);
            group.Lines.Add(reader.LineNumber);
            if (form is not null) group.Ticks.Add(Time(reader, form));
            for (var c = 0; c < roles.Numbers.Length; c++)
            {
                if (!numbers.TryRead(reader.GetSpan(roles.Numbers[c]), out var value)) ThrowNotANumber(reader, roles.Numbers[c]);
                group.Columns[c].Add(value);
            }
        }

        report.RowsRead = rows;
        if (blank > 0) report.Warn($"rows of empty cells, skipped: {blank}");
        if (rows == 0) throw new NotEnoughDataException("the file has no rows but empty ones. It needs at least two.", file);
        return _groups;
    }

    private static bool IsBlank(CsvReader reader)
    {
        for (var i = 0; i < reader.FieldCount; i++)
            if (!reader.IsEmpty(i)) return false;
        return true;
    }

    // Rows of one series mostly follow one another, so comparing bytes with the row before spares a string and a look-up a row.
    private RawRows Group(CsvReader reader)
    {
        if (roles.Id < 0) return _last ??= Add(null);
        var cell = reader.GetSpan(roles.Id);
        if (_last is not null && cell.SequenceEqual(_lastId)) return _last;
        if (cell.IsEmpty)
            throw new BadValueException("this row names no series. Fill in the cell.", file, reader.LineNumber, header.Names[roles.Id], "");
        _lastId = cell.ToArray();
        var id = Encoding.UTF8.GetString(cell);
        if (!_byId.TryGetValue(id, out _last)) _byId[id] = _last = Add(id);
        return _last;
    }

    private RawRows Add(string? id)
    {
        var group = new RawRows(id, roles.Numbers.Length);
        _groups.Add(group);
        return group;
    }

    private long Time(CsvReader reader, TimeForm form)
    {
        var cell = reader.GetSpan(roles.Time);
        var column = header.Names[roles.Time];
        if (!form.TryRead(cell, out var ticks))
        {
            var text = Encoding.UTF8.GetString(cell);
            throw new BadTimeException(
                numbers.IsMissing(cell)
                    ? "this row has no time. Fill in the cell or remove the row."
                    : $"'{OneLine.Short(text)}' is not a time ({form.Description}). Fix the cell or pass --time-format.",
                file,
                reader.LineNumber,
                column,
                text);
        }

        if (form.Mixed)
            throw new BadTimeException(
                "some times carry an offset from UTC and some do not. Write all of them in one way.",
                file,
                reader.LineNumber,
                column,
                Encoding.UTF8.GetString(cell));
        return ticks;
    }

    private void ThrowRagged(CsvReader reader) =>
        throw new MalformedCsvException(
            $"this row has {reader.FieldCount} cells and the header has {header.Count}. Fix the row, or quote cells that contain the delimiter.",
            file,
            reader.LineNumber,
            rawText: Encoding.UTF8.GetString(reader.RawRecord));

    private void ThrowNotANumber(CsvReader reader, int column)
    {
        var text = reader.GetString(column);
        throw new BadValueException(
            $"'{OneLine.Short(text)}' is not a number. {numbers.Advice(text)}",
            file,
            reader.LineNumber,
            header.Names[column],
            text);
    }
}
