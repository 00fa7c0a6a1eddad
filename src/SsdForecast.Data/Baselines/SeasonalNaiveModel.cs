namespace SsdForecast.Data;

/// <summary>
/// A seasonal naive forecaster of one series with the residuals of its training rows, for forecasts from many origins.
/// Lead time <c>h</c> repeats the value <c>season · ⌈h / season⌉</c> rows before it; its quantiles are that value plus the quantiles of the
/// training differences over the same distance, so intervals widen from season to season.
/// </summary>
public sealed class SeasonalNaiveModel
{
    private readonly Series _series;
    private readonly int _trainEnd;
    private readonly IReadOnlyList<double> _levels;
    private readonly bool _point;
    private readonly Dictionary<int, double[]> _residualQuantiles = [];

    private SeasonalNaiveModel(Series series, int trainEnd, int season, IReadOnlyList<double> levels)
    {
        _series = series;
        _trainEnd = trainEnd;
        _point = levels.Count == 0;
        _levels = _point ? [0.5] : levels;
        Season = season;
    }

    /// <summary>Season length in rows.</summary>
    public int Season { get; }

    /// <summary>Takes the residuals of the training rows.</summary>
    /// <param name="series">The series.</param>
    /// <param name="trainEnd">Exclusive end of the training rows, in <c>[1, series.Count]</c>.</param>
    /// <param name="season">Season length in rows, at least 1.</param>
    /// <param name="levels">Quantile levels in (0, 1), ascending; empty for a point forecast.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument outside its range.</exception>
    /// <exception cref="ArgumentException">Levels do not ascend.</exception>
    public static SeasonalNaiveModel Fit(Series series, int trainEnd, int season, IReadOnlyList<double> levels)
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(levels);
        ArgumentOutOfRangeException.ThrowIfLessThan(trainEnd, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(trainEnd, series.Count);
        ArgumentOutOfRangeException.ThrowIfLessThan(season, 1);
        for (var q = 0; q < levels.Count; q++)
        {
            if (levels[q] is not (> 0 and < 1))
                throw new ArgumentOutOfRangeException(nameof(levels), levels[q], "A quantile level lies in (0, 1).");
            if (q > 0 && levels[q] <= levels[q - 1]) throw new ArgumentException("Quantile levels ascend.", nameof(levels));
        }

        return new SeasonalNaiveModel(series, trainEnd, season, levels);
    }

    /// <summary>Forecasts from one origin. Not for several threads at once.</summary>
    /// <param name="origin">The last row that may be used.</param>
    /// <param name="horizon">Lead times, at least 1.</param>
    /// <returns>Values of shape <c>(horizon, levels)</c>, NaN throughout if nothing is observed up to the origin.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument outside its range.</exception>
    public Forecast Predict(int origin, int horizon)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(origin);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(origin, _series.Count);
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        var values = new double[horizon, _levels.Count];
        var times = _series.Index.HasTimestamps ? new DateTime[horizon] : [];
        for (var lead = 1; lead <= horizon; lead++)
        {
            var seasons = (lead + Season - 1) / Season;
            var carried = Carried(origin, lead);
            var residuals = _point ? [0.0] : ResidualQuantiles(seasons);
            for (var q = 0; q < residuals.Length; q++) values[lead - 1, q] = carried + residuals[q];
            if (times.Length > 0) times[lead - 1] = _series.Index[origin + lead];
        }

        return new Forecast(_series.Id, origin, times, _levels, values);
    }

    // The same phase of the latest season that observed it; failing that the latest value of all.
    private double Carried(int origin, int lead)
    {
        var y = _series.Values;
        for (var t = origin + lead - (Season * ((lead + Season - 1) / Season)); t >= 0; t -= Season)
            if (!double.IsNaN(y[t])) return y[t];
        for (var t = origin; t >= 0; t--)
            if (!double.IsNaN(y[t])) return y[t];
        return double.NaN;
    }

    private double[] ResidualQuantiles(int seasons)
    {
        if (_residualQuantiles.TryGetValue(seasons, out var known)) return known;
        var training = _series.Values.AsSpan(0, _trainEnd);
        var lag = (long)seasons * Season;
        var residuals = new List<double>();
        for (var t = lag; t < training.Length; t++)
        {
            var residual = training[(int)t] - training[(int)(t - lag)];
            if (!double.IsNaN(residual)) residuals.Add(residual);
        }

        // A history shorter than this distance has no such residuals; those of one season less are the nearest there is.
        var quantiles = residuals.Count == 0
            ? seasons > 1 ? ResidualQuantiles(seasons - 1) : new double[_levels.Count]
            : Of(residuals);
        return _residualQuantiles[seasons] = quantiles;
    }

    private double[] Of(List<double> residuals)
    {
        residuals.Sort();
        var sorted = residuals.ToArray();
        return [.. _levels.Select(level => Quantiles.OfSorted(sorted, level))];
    }
}
