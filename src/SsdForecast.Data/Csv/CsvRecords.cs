using CsvHelper;

namespace SsdForecast.Data;

/// <summary>Opens CsvHelper readers over a text with one set of options, and turns its errors into ours.</summary>
internal sealed class CsvRecords(CsvText text, CsvSchema schema)
{
    private static readonly char[] Delimiters = [',', ';', '\t', '|'];

    private readonly CsvReaderOptions _options = new()
    {
        HasHeader = false,
        Separator = Separator(text, schema),
        TrackLineNumbers = true,
        TrimWhitespace = true,
        DetectSeparatorHint = false,
        MalformedData = CsvMalformedDataHandling.Throw,
        FieldCountMismatch = CsvFieldCountHandling.Allow,
        MissingField = CsvMissingFieldHandling.ReturnEmpty,
    };

    public char Delimiter => _options.Separator!.Value;

    /// <summary>A reader before the first record.</summary>
    public CsvReader Open() => CsvReader.Create(text.Utf8, _options);

    /// <summary>Advances; an unclosed or stray quote is an error at its line.</summary>
    public bool Next(CsvReader reader)
    {
        try
        {
            return reader.Read();
        }
        catch (CsvFormatException e)
        {
            throw new MalformedCsvException(
                "a quote of this row is not closed, or stands inside a cell that is not quoted. Close it, or quote the cell and double the quotes within.",
                text.Name,
                e.LineNumber > 0 ? e.LineNumber : null,
                inner: e);
        }
    }

    // The header decides: it holds names, in which a delimiter other than the one in use is rare, whereas cells may hold decimal commas.
    private static char Separator(CsvText text, CsvSchema schema)
    {
        if (schema.Delimiter is { } told) return told;
        var counts = new int[Delimiters.Length];
        var quoted = false;
        var seen = false;
        foreach (var b in text.Utf8)
        {
            if (b == '"') quoted = !quoted;
            if (quoted) continue;
            if (b is (byte)'\n' or (byte)'\r' && seen) break;
            seen |= b > ' ';
            var which = Array.IndexOf(Delimiters, (char)b);
            if (which >= 0) counts[which]++;
        }

        var most = counts.Max();
        return most == 0 ? ',' : Delimiters[Array.IndexOf(counts, most)];
    }
}
