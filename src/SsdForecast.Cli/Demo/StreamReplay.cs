using System.Diagnostics;
using SsdForecast.Data;
using SsdForecast.Runtime;

namespace SsdForecast.Cli.Demo;

/// <summary>A series fed to the recurrence row by row, held against the batch forecasts of the same rows.</summary>
/// <param name="Events">Rows fed.</param>
/// <param name="Compared">Forecasts compared.</param>
/// <param name="LargestDifference">Largest <c>|streamed − batch| / max(|batch|, 1 % of the series' standard deviation)</c> over all numbers.</param>
/// <param name="MicrosecondsAnEvent">Mean time of one observation with its forecast.</param>
internal sealed record StreamReplay(int Events, int Compared, double LargestDifference, double MicrosecondsAnEvent)
{
    /// <summary>Most that a streamed forecast may differ from the batch one, relative to it.</summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>Whether the two agree.</summary>
    public bool Agrees => LargestDifference <= Tolerance;

    /// <summary>Replays a series without covariates from its first row.</summary>
    /// <param name="model">Model folder.</param>
    /// <param name="series">The series.</param>
    /// <param name="batch">Batch forecasts of it.</param>
    public static StreamReplay Run(string model, Series series, IReadOnlyList<ForecastVersusActual> batch)
    {
        var recurrent = RecurrentModel.Load(model);
        var state = recurrent.CreateState(series.Id);
        var expected = batch.Where(f => f.Forecast.SeriesId == series.Id).ToDictionary(f => f.Forecast.Origin, f => f.Forecast);
        // A denominator that a forecast near 0 cannot shrink to nothing.
        var least = 0.01 * recurrent.Preprocessor.ScalerOf(series.Id).Std;
        var (largest, compared) = (0.0, 0);
        var clock = new Stopwatch();
        for (var t = 0; t < series.Count; t++)
        {
            clock.Start();
            recurrent.Observe(state, new Observation(series.Index.HasTimestamps ? series.Index[t] : default, series.Values[t]));
            var streamed = recurrent.Forecast(state);
            clock.Stop();
            if (!expected.TryGetValue(t, out var forecast)) continue;
            compared++;
            largest = Math.Max(largest, Difference(streamed.Values, forecast.Values, least));
        }
        return new StreamReplay(series.Count, compared, largest, clock.Elapsed.TotalMicroseconds / series.Count);
    }

    private static double Difference(double[,] streamed, double[,] batch, double least)
    {
        var largest = 0.0;
        for (var h = 0; h < batch.GetLength(0); h++)
            for (var q = 0; q < batch.GetLength(1); q++)
            {
                var difference = Math.Abs(streamed[h, q] - batch[h, q]) / Math.Max(Math.Abs(batch[h, q]), least);
                largest = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(largest, difference);
            }
        return largest;
    }
}
