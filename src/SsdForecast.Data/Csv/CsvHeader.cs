namespace SsdForecast.Data;

/// <summary>The columns of a file: names trimmed, unique, looked up exactly.</summary>
internal sealed class CsvHeader
{
    private readonly string _file;
    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);

    private CsvHeader(string file, long line, string[] names, bool[] unnamed)
    {
        _file = file;
        Line = line;
        Names = names;
        Unnamed = unnamed;
        for (var i = 0; i < names.Length; i++)
        {
            if (!_byName.TryAdd(names[i], i))
                throw new DuplicateException(
                    $"the header names columns {_byName[names[i]] + 1} and {i + 1} both '{OneLine.Short(names[i])}'. Rename one.",
                    file,
                    line,
                    names[i]);
        }
    }

    public string[] Names { get; }

    /// <summary>Columns whose header cell is empty, such as the row names that R writes; they are called column1, … and never chosen.</summary>
    public bool[] Unnamed { get; }

    /// <summary>The line of the header; 0 when the file has none.</summary>
    public long Line { get; }

    public int Count => Names.Length;

    public static CsvHeader Read(CsvRecords records, CsvText text, CsvSchema schema)
    {
        using var reader = records.Open();
        if (!records.Next(reader))
            throw new NotEnoughDataException("the file is empty. It needs a header line and at least two rows.", text.Name);
        var cells = new string[reader.FieldCount];
        for (var i = 0; i < cells.Length; i++) cells[i] = reader.GetString(i).Trim();
        if (!schema.HasHeader) return new CsvHeader(text.Name, 0, [.. cells.Select((_, i) => $"V{i + 1}")], new bool[cells.Length]);

        var line = reader.LineNumber;
        if (cells.All(LooksLikeData))
            throw new SchemaException(
                $"the first line looks like data and not like a header ({OneLine.List(cells)}). Add a header line, or pass --no-header.",
                text.Name,
                line);
        var unnamed = Array.ConvertAll(cells, c => c.Length == 0);
        return new CsvHeader(text.Name, line, [.. cells.Select((c, i) => c.Length > 0 ? c : $"column{i + 1}")], unnamed);
    }

    public bool TryFind(string name, out int index) => _byName.TryGetValue(name.Trim(), out index);

    /// <summary>The index of a column that must exist.</summary>
    public int Require(string name, string role)
    {
        if (TryFind(name, out var index)) return index;
        var nearest = NearestName.Of(name.Trim(), Names) is { } near ? $"; the nearest is '{OneLine.Short(near)}'" : "";
        throw new MissingColumnException(
            $"there is no column '{OneLine.Short(name)}' for the {role}. The file has {OneLine.List(Names)}{nearest}.",
            _file,
            Line > 0 ? Line : null,
            rawText: name);
    }

    private static bool LooksLikeData(string cell)
    {
        var utf8 = System.Text.Encoding.UTF8.GetBytes(cell);
        return NumberCell.Default.TryRead(utf8, out _) || TimeCell.TryYearFirst(utf8, out _, out _);
    }
}
