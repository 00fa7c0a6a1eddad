namespace SsdForecast.Data;

/// <summary>The first data rows of a file as text, to detect from.</summary>
internal sealed class CsvSample
{
    private const int MostRows = 200;
    private CsvSample(NumberCell numbers, List<string[]> rows, List<long> lines)
    {
        Numbers = numbers;
        Rows = rows;
        Lines = lines;
    }

    public NumberCell Numbers { get; }

    public List<string[]> Rows { get; }

    public List<long> Lines { get; }

    public static CsvSample Read(CsvRecords records, CsvSchema schema, NumberCell numbers)
    {
        var rows = new List<string[]>();
        var lines = new List<long>();
        using var reader = records.Open();
        if (schema.HasHeader) records.Next(reader);
        while (rows.Count < MostRows && records.Next(reader))
        {
            var cells = new string[reader.FieldCount];
            for (var i = 0; i < cells.Length; i++) cells[i] = reader.GetString(i);
            rows.Add(cells);
            lines.Add(reader.LineNumber);
        }

        return new CsvSample(numbers, rows, lines);
    }

    /// <summary>The cells of a column that are not missing.</summary>
    public List<string> Cells(int column) =>
        [.. Rows.Where(r => column < r.Length).Select(r => r[column]).Where(c => !Numbers.IsMissing(System.Text.Encoding.UTF8.GetBytes(c)))];

    /// <summary>
    /// Whether a column holds numbers: at least half of its cells that are not missing do, so that one bad cell is an error at its place and not
    /// a column left out.
    /// </summary>
    public bool IsNumeric(int column)
    {
        var cells = Cells(column);
        var numbers = cells.Count(c => Numbers.TryRead(System.Text.Encoding.UTF8.GetBytes(c), out _));
        return numbers > 0 && 2 * numbers >= cells.Count;
    }

    /// <summary>Whether a column has no value in the sample.</summary>
    public bool IsBlank(int column) => Cells(column).Count == 0;
}
