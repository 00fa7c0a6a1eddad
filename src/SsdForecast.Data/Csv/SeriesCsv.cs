namespace SsdForecast.Data;

/// <summary>Reads series from CSV text, plain or gzipped, and writes them.</summary>
public static class SeriesCsv
{
    /// <summary>
    /// Reads a file: UTF-8, or UTF-16 with a byte order mark; gzipped or not, which is seen from its first bytes; in any of the layouts of
    /// <see cref="CsvLayout"/>. What was detected and repaired is in <see cref="SeriesTable.Report"/>.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="schema">How to read it; null detects everything.</param>
    /// <exception cref="DataException">The data cannot be used; the derived types say why, the message says where and what to do.</exception>
    public static SeriesTable Read(string path, CsvSchema? schema = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return TableReader.Read(CsvText.FromFile(path), schema ?? new CsvSchema());
    }

    /// <summary>As <see cref="Read(string, CsvSchema?)"/>, from text. Reads to the end.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="name">What errors call the file.</param>
    /// <param name="schema">How to read it; null detects everything.</param>
    /// <exception cref="DataException">The data cannot be used.</exception>
    public static SeriesTable Read(TextReader reader, string name, CsvSchema? schema = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return TableReader.Read(CsvText.FromText(name, reader.ReadToEnd()), schema ?? new CsvSchema());
    }

    /// <summary>
    /// Writes a long file: <c>unique_id, ds, y</c>, then covariates, then static covariates; missing values empty; numbers to full precision.
    /// Atomic; gzipped if the name ends in <c>.gz</c>. Series without timestamps are numbered from 0.
    /// </summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void WriteLong(SeriesTable table, string path) => LongWriter.Write(table, path);
}
