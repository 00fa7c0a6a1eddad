namespace SsdForecast.Data;

/// <summary>
/// A forecast of one series from one origin: for each lead time the predictive quantiles, or one number for a point model.
/// </summary>
/// <param name="SeriesId">The series.</param>
/// <param name="Origin">Row index of the last value that the forecast may know.</param>
/// <param name="Times">The time of each lead time, <c>H</c> of them; lead time 1 first. Empty for an index without timestamps.</param>
/// <param name="Levels">Quantile levels in (0, 1), ascending, <c>Q</c> of them; a point forecast has the single level 0.5.</param>
/// <param name="Values">Forecasts in raw units, shape <c>(H, Q)</c>, ascending within a row.</param>
public sealed record Forecast(string SeriesId, int Origin, IReadOnlyList<DateTime> Times, IReadOnlyList<double> Levels, double[,] Values)
{
    /// <summary>Number of lead times.</summary>
    public int Horizon => Values.GetLength(0);

    /// <summary>The forecast to quote as one number: the level nearest 0.5, for each lead time. Length <c>H</c>.</summary>
    public double[] Median
    {
        get
        {
            var q = 0;
            for (var i = 1; i < Levels.Count; i++)
                if (Math.Abs(Levels[i] - 0.5) < Math.Abs(Levels[q] - 0.5)) q = i;
            var median = new double[Horizon];
            for (var h = 0; h < median.Length; h++) median[h] = Values[h, q];
            return median;
        }
    }
}

/// <summary>A forecast and what then happened.</summary>
/// <param name="Forecast">The forecast.</param>
/// <param name="Actual">The raw values of the lead times, length <c>H</c>; NaN where not observed.</param>
public sealed record ForecastVersusActual(Forecast Forecast, double[] Actual);
