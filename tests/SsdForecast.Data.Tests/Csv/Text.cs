namespace SsdForecast.Data.Tests;

/// <summary>Shorthand for reading small texts.</summary>
internal static class Text
{
    public static SeriesTable Read(string csv, CsvSchema? schema = null)
    {
        using var reader = new StringReader(csv);
        return SeriesCsv.Read(reader, "data.csv", schema);
    }

    /// <summary>Reads what must be refused, and checks that the message is one line that starts with the file.</summary>
    public static T Refused<T>(string csv, CsvSchema? schema = null)
        where T : DataException
    {
        var error = Assert.Throws<T>(() => Read(csv, schema));
        OneLine(error);
        return error;
    }

    public static void OneLine(DataException error)
    {
        Assert.DoesNotContain('\n', error.Message);
        Assert.DoesNotContain('\r', error.Message);
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
    }

    public static string Lines(params string[] lines) => string.Join('\n', lines) + "\n";

    /// <summary>A wide file of one column <c>y</c>, hourly from 1 January 2020, with values 1, 2, ….</summary>
    public static string Hourly(int rows, Func<int, string>? value = null) =>
        "ds,y\n" + string.Concat(Enumerable.Range(0, rows).Select(i => $"{new DateTime(2020, 1, 1).AddHours(i):yyyy-MM-dd HH:mm:ss},{value?.Invoke(i) ?? (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture)}\n"));
}
