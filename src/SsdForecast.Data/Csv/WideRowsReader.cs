using System.Text;

namespace SsdForecast.Data;

/// <summary>Reads a file of one row a series, such as those of the M4 competition: the name, then the values; rows may end early.</summary>
internal static class WideRowsReader
{
    public static SeriesTable Read(
        string file,
        CsvRecords records,
        CsvHeader header,
        CsvRoles roles,
        CsvSchema schema,
        NumberCell numbers,
        ReportBuilder report)
    {
        var series = new List<Series>();
        var lines = new Dictionary<string, long>(StringComparer.Ordinal);
        var without = new List<string>();
        int rows = 0, missing = 0;
        using var reader = records.Open();
        if (schema.HasHeader) records.Next(reader);
        while (records.Next(reader))
        {
            rows++;
            var line = reader.LineNumber;
            if (reader.FieldCount > header.Count)
                throw new MalformedCsvException(
                    $"this row has {reader.FieldCount} cells and the header has {header.Count}. Fix the row, or quote cells that contain the delimiter.",
                    file,
                    line);
            var id = reader.GetString(roles.Id);
            if (id.Length == 0)
                throw new BadValueException("this row names no series. Fill in the cell.", file, line, header.Names[roles.Id], "");
            if (!lines.TryAdd(id, line))
                throw new DuplicateException(
                    $"series '{OneLine.Short(id)}' has a second row; the first is line {lines[id]}. Rename or remove one.",
                    file,
                    line,
                    header.Names[roles.Id],
                    id);

            var values = new List<double>(header.Count);
            var last = 0;
            foreach (var column in roles.Targets)
            {
                if (!numbers.TryRead(reader.GetSpan(column), out var value))
                {
                    var text = Encoding.UTF8.GetString(reader.GetSpan(column));
                    throw new BadValueException(
                        $"'{OneLine.Short(text)}' is not a number. {numbers.Advice(text)}",
                        file,
                        line,
                        header.Names[column],
                        text);
                }

                values.Add(value);
                if (!double.IsNaN(value)) last = values.Count;
            }

            // Empty cells at the end of a row are rows that the series does not have, not missing values.
            values.RemoveRange(last, values.Count - last);
            if (last == 0)
            {
                without.Add(id);
                continue;
            }

            missing += values.Count(double.IsNaN);
            series.Add(new Series(id, TimeIndex.Ordinal(last), [.. values]));
        }

        report.RowsRead = rows;
        if (series.Count == 0) throw new NotEnoughDataException("no series has a value. All cells are missing.", file);
        if (series.All(s => s.Count < 2)) throw new NotEnoughDataException("no series has two values. A series needs at least two.", file);
        report.MissingValues = missing;
        report.Frequency = Frequency.Ordinal;
        report.Detect("frequency: ordinal, since rows of values carry no times");
        if (schema.Frequency is { Unit: not FrequencyUnit.Ordinal } told) report.Warn($"frequency {told} was told and is not used, since rows of values carry no times");
        report.Detect($"series: {series.Count}, of {series.Min(s => s.Count)} to {series.Max(s => s.Count)} values");
        if (without.Count > 0) report.Warn($"series without a value left out: {OneLine.List(without)}");
        SeriesChecks.WarnOfConstants(series, report);
        return new SeriesTable(series, report.Build(), file);
    }
}
