namespace SsdForecast.Data;

/// <summary>Gathers a <see cref="LoadReport"/> while a file is read.</summary>
internal sealed class ReportBuilder(string source)
{
    private readonly List<string> _detected = [];
    private readonly List<string> _warnings = [];

    public CsvSchema? Schema { get; set; }

    public CsvLayout Layout { get; set; }

    public char Delimiter { get; set; }

    public int RowsRead { get; set; }

    public int MissingValues { get; set; }

    public Frequency? Frequency { get; set; }

    public RowTally Duplicates { get; private set; }

    public RowTally OutOfOrder { get; private set; }

    public RowTally OffGrid { get; private set; }

    public RowTally GapsFilled { get; private set; }

    public void Detect(string line) => _detected.Add(OneLine.Of(line));

    public void Warn(string line) => _warnings.Add(OneLine.Of(line));

    public void AddDuplicates(int count, long line) => Duplicates = Add(Duplicates, count, line);

    public void AddOutOfOrder(int count, long line) => OutOfOrder = Add(OutOfOrder, count, line);

    public void AddOffGrid(int count, long line) => OffGrid = Add(OffGrid, count, line);

    public void AddGaps(int count, long line) => GapsFilled = Add(GapsFilled, count, line);

    public LoadReport Build() => new()
    {
        Source = source,
        Schema = Schema,
        Layout = Layout,
        Delimiter = Delimiter,
        RowsRead = RowsRead,
        MissingValues = MissingValues,
        Frequency = Frequency,
        Duplicates = Duplicates,
        OutOfOrder = OutOfOrder,
        OffGrid = OffGrid,
        GapsFilled = GapsFilled,
        Detected = _detected,
        Warnings = _warnings,
    };

    private static RowTally Add(RowTally tally, int count, long line)
    {
        if (count == 0) return tally;
        return new RowTally(tally.Count + count, tally.Count == 0 ? line : Math.Min(tally.FirstLine, line));
    }
}
