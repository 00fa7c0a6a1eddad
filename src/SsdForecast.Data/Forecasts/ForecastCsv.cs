using System.Globalization;
using CsvHelper;

namespace SsdForecast.Data;

/// <summary>
/// Writes and reads forecasts as CSV, one row a lead time:
/// <c>unique_id, origin, ds, lead, y, median, q0.05, …, q0.95</c>. <c>ds</c> is empty without timestamps, <c>y</c> where nothing was observed.
/// </summary>
public static class ForecastCsv
{
    private static readonly string[] Fixed = ["unique_id", "origin", "ds", "lead", "y", "median"];

    /// <summary>Writes forecasts without what happened.</summary>
    /// <exception cref="ArgumentException">There are none, or their quantile levels differ.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<Forecast> forecasts)
    {
        ArgumentNullException.ThrowIfNull(forecasts);
        Write(path, forecasts.Select(f => new ForecastVersusActual(f, Missing(f.Horizon))));
    }

    /// <summary>Writes forecasts with what happened. Atomic: the file appears whole or not at all.</summary>
    /// <exception cref="ArgumentException">There are none, or their quantile levels differ.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<ForecastVersusActual> forecasts)
    {
        ArgumentNullException.ThrowIfNull(forecasts);
        AtomicFile.Write(path, stream =>
        {
            using var csv = CsvWriter.Create(stream, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true);
            IReadOnlyList<double>? levels = null;
            foreach (var item in forecasts)
            {
                if (levels is null)
                {
                    levels = item.Forecast.Levels;
                    csv.WriteHeader([.. Fixed, .. levels.Select(l => "q" + Text(l))]);
                }

                if (!levels.SequenceEqual(item.Forecast.Levels))
                    throw new ArgumentException("Forecasts of one file have the same quantile levels.", nameof(forecasts));
                Write(csv, item);
            }

            if (levels is null) throw new ArgumentException("There is no forecast to write.", nameof(forecasts));
            csv.Flush();
        });
    }

    /// <summary>Reads what <see cref="Write(string, IEnumerable{ForecastVersusActual})"/> wrote.</summary>
    /// <exception cref="DataException">Not such a file; the message says where.</exception>
    public static IReadOnlyList<ForecastVersusActual> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return ForecastReader.Read(CsvText.FromFile(path));
    }

    private static void Write(CsvWriter csv, ForecastVersusActual item)
    {
        var (forecast, actual) = item;
        var median = forecast.Median;
        for (var h = 0; h < forecast.Horizon; h++)
        {
            csv.WriteField(forecast.SeriesId);
            csv.WriteField(forecast.Origin.ToString(CultureInfo.InvariantCulture));
            csv.WriteField(forecast.Times.Count > 0 ? TimeText.Of(forecast.Times[h]) : "");
            csv.WriteField((h + 1).ToString(CultureInfo.InvariantCulture));
            csv.WriteField(Text(actual[h]));
            csv.WriteField(Text(median[h]));
            for (var q = 0; q < forecast.Levels.Count; q++) csv.WriteField(Text(forecast.Values[h, q]));
            csv.EndRecord();
        }
    }

    private static string Text(double value) => double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);

    private static double[] Missing(int count)
    {
        var missing = new double[count];
        Array.Fill(missing, double.NaN);
        return missing;
    }
}
