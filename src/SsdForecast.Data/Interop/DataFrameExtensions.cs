using System.Globalization;
using CsvHelper;
using Microsoft.Data.Analysis;

namespace SsdForecast.Data;

/// <summary>Series to and from <see cref="DataFrame"/>. Compiled where the package Microsoft.Data.Analysis restores (<c>TorchBackend=nuget</c>).</summary>
public static class DataFrameExtensions
{
    /// <summary>
    /// A long frame: <c>unique_id</c> (string), <c>ds</c> (DateTime, or Int64 row numbers from 0 where series have no timestamps), <c>y</c>, then
    /// covariates and static covariates (double). Missing values are null.
    /// </summary>
    public static DataFrame ToDataFrame(this SeriesTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        DataFrameColumn times = table.Series[0].Index.HasTimestamps
            ? new DateTimeDataFrameColumn("ds", table.Series.SelectMany(s => s.Index.ToArray()))
            : new Int64DataFrameColumn("ds", table.Series.SelectMany(s => Enumerable.Range(0, s.Count).Select(i => (long)i)));
        return new DataFrame(
        [
            new StringDataFrameColumn("unique_id", table.Series.SelectMany(s => Enumerable.Repeat(s.Id, s.Count))),
            times,
            Numbers("y", table.Series.SelectMany(s => s.Values)),
            .. table.CovariateNames.Select(n => Numbers(n, table.Series.SelectMany(s => s.Covariates[n]))),
            .. table.StaticNames.Select(n => Numbers(n, table.Series.SelectMany(s => Enumerable.Repeat(s.Statics[n], s.Count)))),
        ]);
    }

    /// <summary>
    /// A table of the series in a long or wide frame, by the rules of <see cref="SeriesCsv"/>: roles, frequency, gaps and duplicates are detected,
    /// told, reported and refused alike. In errors the file is called <c>data frame</c> and row <c>i</c>, counted from 0, is line <c>i + 2</c>.
    /// </summary>
    /// <param name="frame">Columns of numbers, times and text. Nulls are missing values.</param>
    /// <param name="schema">How to read it; null detects everything.</param>
    /// <exception cref="DataException">The data cannot be used.</exception>
    public static SeriesTable ToSeriesTable(this DataFrame frame, CsvSchema? schema = null)
    {
        ArgumentNullException.ThrowIfNull(frame);
        using var text = new MemoryStream();
        using (var csv = CsvWriter.Create(text, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true))
        {
            csv.WriteHeader([.. frame.Columns.Select(c => c.Name)]);
            for (long row = 0; row < frame.Rows.Count; row++)
            {
                foreach (var column in frame.Columns) csv.WriteField(Cell(column[row]));
                csv.EndRecord();
            }

            csv.Flush();
        }

        text.Position = 0;
        using var reader = new StreamReader(text);
        // The frame was written here, so the delimiter and the decimal separator are known, whatever the schema says about a file.
        return SeriesCsv.Read(reader, "data frame", (schema ?? new CsvSchema()) with { Delimiter = ',', DecimalSeparator = '.', HasHeader = true });
    }

    private static DoubleDataFrameColumn Numbers(string name, IEnumerable<double> values) =>
        new(name, values.Select(v => double.IsNaN(v) ? null : (double?)v));

    private static string Cell(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "1" : "0",
        double number => double.IsNaN(number) ? "" : number.ToString("R", CultureInfo.InvariantCulture),
        float number => float.IsNaN(number) ? "" : number.ToString("R", CultureInfo.InvariantCulture),
        DateTime { Kind: DateTimeKind.Local } time => TimeText.Of(time.ToUniversalTime()) + " UTC",
        DateTime time => TimeText.Of(time),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
