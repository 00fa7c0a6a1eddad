using System.Globalization;
using System.IO.Compression;
using CsvHelper;

namespace SsdForecast.Data;

/// <summary>Writes a table as a long file.</summary>
internal static class LongWriter
{
    public static void Write(SeriesTable table, string path)
    {
        ArgumentNullException.ThrowIfNull(table);
        AtomicFile.Write(path, stream =>
        {
            if (!path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
            {
                Write(table, stream);
                return;
            }

            using var gzip = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true);
            Write(table, gzip);
        });
    }

    private static void Write(SeriesTable table, Stream stream)
    {
        using var csv = CsvWriter.Create(stream, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true);
        csv.WriteHeader(["unique_id", "ds", "y", .. table.CovariateNames, .. table.StaticNames]);
        foreach (var series in table.Series)
        {
            double[][] columns = [series.Values, .. table.CovariateNames.Select(n => series.Covariates[n])];
            double[] statics = [.. table.StaticNames.Select(n => series.Statics[n])];
            for (var i = 0; i < series.Count; i++)
            {
                csv.WriteField(series.Id);
                csv.WriteField(series.Index.HasTimestamps ? TimeText.Of(series.Index[i]) : i.ToString(CultureInfo.InvariantCulture));
                foreach (var column in columns) Write(csv, column[i]);
                foreach (var value in statics) Write(csv, value);
                csv.EndRecord();
            }
        }

        csv.Flush();
    }

    private static void Write(CsvWriter csv, double value) => csv.WriteField(double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture));
}
