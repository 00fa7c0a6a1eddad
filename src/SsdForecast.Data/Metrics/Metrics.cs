namespace SsdForecast.Data;

/// <summary>
/// Accuracy of forecasts. Lead times whose actual value is NaN are left out; a measure over none of them is NaN.
/// Spans that belong together have one length.
/// </summary>
public static class Metrics
{
    private const double Rounding = 1e-12;

    /// <summary>Mean squared error.</summary>
    public static double Mse(ReadOnlySpan<double> actual, ReadOnlySpan<double> forecast) => Mean(actual, forecast, static (y, f) => (y - f) * (y - f));

    /// <summary>Mean absolute error.</summary>
    public static double Mae(ReadOnlySpan<double> actual, ReadOnlySpan<double> forecast) => Mean(actual, forecast, static (y, f) => Math.Abs(y - f));

    /// <summary>
    /// Symmetric mean absolute percentage error, as in the M4 competition: the mean of <c>200 |y − f| / (|y| + |f|)</c>, in percent from 0 to 200.
    /// Where both are 0 the error is 0.
    /// </summary>
    public static double Smape(ReadOnlySpan<double> actual, ReadOnlySpan<double> forecast) =>
        Mean(actual, forecast, static (y, f) => y == f ? 0 : 200 * Math.Abs(y - f) / (Math.Abs(y) + Math.Abs(f)));

    /// <summary>Mean absolute scaled error (Hyndman and Koehler 2006): the mean absolute error over <paramref name="scale"/>.</summary>
    /// <param name="scale">From <see cref="MaseScale"/>; NaN gives NaN.</param>
    public static double Mase(ReadOnlySpan<double> actual, ReadOnlySpan<double> forecast, double scale) => Mae(actual, forecast) / scale;

    /// <summary>
    /// The mean absolute error of the seasonal naive forecast within the training rows: the mean of <c>|y[t] − y[t − season]|</c> over pairs of
    /// which both are observed. NaN if there is no pair or all differences are 0, but for rounding, since nothing can be scaled by it: the MASE of a
    /// series that is flat over its training rows is undefined, and averages leave it out.
    /// </summary>
    /// <param name="train">Raw training rows; NaN where missing.</param>
    /// <param name="season">Season length in rows, at least 1.</param>
    public static double MaseScale(ReadOnlySpan<double> train, int season)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(season, 1);
        if (train.Length <= season) return double.NaN;
        var error = Mae(train[season..], train[..^season], skipNaNForecasts: true);
        var largest = 0.0;
        foreach (var y in train)
            if (Math.Abs(y) > largest) largest = Math.Abs(y);
        return IsRounding(error, largest) ? double.NaN : error;
    }

    /// <summary>
    /// Whether a difference beside values is what rounding leaves of a constant, at most 1e-12 of the largest value: nothing can be scaled by it. So is NaN.
    /// </summary>
    /// <param name="difference">At least 0.</param>
    /// <param name="largest">The largest value, without its sign.</param>
    public static bool IsRounding(double difference, double largest) => !(difference > Rounding * largest);

    /// <summary>The pinball loss of one quantile forecast: <c>max(level (y − q), (level − 1)(y − q))</c>; NaN where <paramref name="actual"/> is.</summary>
    public static double Pinball(double actual, double quantile, double level)
    {
        var error = actual - quantile;
        return Math.Max(level * error, (level - 1) * error);
    }

    /// <summary>The mean pinball loss over lead times.</summary>
    public static double Pinball(ReadOnlySpan<double> actual, ReadOnlySpan<double> quantile, double level)
    {
        CheckLengths(actual, quantile);
        double sum = 0;
        var count = 0;
        for (var h = 0; h < actual.Length; h++)
        {
            if (double.IsNaN(actual[h])) continue;
            sum += Pinball(actual[h], quantile[h], level);
            count++;
        }

        return count == 0 ? double.NaN : sum / count;
    }

    /// <summary>
    /// The continuous ranked probability score, approximated from quantiles: twice the pinball loss, averaged over lead times and levels.
    /// Exact in the limit of many evenly spaced levels; of the single level 0.5 it is the absolute error.
    /// </summary>
    /// <param name="actual">Length <c>H</c>.</param>
    /// <param name="levels">Length <c>Q</c>, at least 1.</param>
    /// <param name="quantiles">Shape <c>(H, Q)</c>.</param>
    public static double Crps(ReadOnlySpan<double> actual, IReadOnlyList<double> levels, double[,] quantiles)
    {
        ArgumentNullException.ThrowIfNull(levels);
        ArgumentNullException.ThrowIfNull(quantiles);
        if (quantiles.GetLength(0) != actual.Length || quantiles.GetLength(1) != levels.Count || levels.Count == 0)
            throw new ArgumentException(
                $"Quantiles of shape ({quantiles.GetLength(0)}, {quantiles.GetLength(1)}) do not fit {actual.Length} lead times and {levels.Count} levels.",
                nameof(quantiles));
        double sum = 0;
        var count = 0;
        for (var h = 0; h < actual.Length; h++)
        {
            if (double.IsNaN(actual[h])) continue;
            for (var q = 0; q < levels.Count; q++) sum += Pinball(actual[h], quantiles[h, q], levels[q]);
            count++;
        }

        return count == 0 ? double.NaN : 2 * sum / ((double)count * levels.Count);
    }

    /// <summary>The fraction of actual values within <c>[lo, hi]</c>, ends included.</summary>
    public static double Coverage(ReadOnlySpan<double> actual, ReadOnlySpan<double> lo, ReadOnlySpan<double> hi)
    {
        CheckLengths(actual, lo);
        CheckLengths(actual, hi);
        int inside = 0, count = 0;
        for (var h = 0; h < actual.Length; h++)
        {
            if (double.IsNaN(actual[h])) continue;
            if (actual[h] >= lo[h] && actual[h] <= hi[h]) inside++;
            count++;
        }

        return count == 0 ? double.NaN : (double)inside / count;
    }

    private static double Mae(ReadOnlySpan<double> actual, ReadOnlySpan<double> forecast, bool skipNaNForecasts)
    {
        double sum = 0;
        var count = 0;
        for (var i = 0; i < actual.Length; i++)
        {
            var error = Math.Abs(actual[i] - forecast[i]);
            if (double.IsNaN(actual[i]) || (skipNaNForecasts && double.IsNaN(error))) continue;
            sum += error;
            count++;
        }

        return count == 0 ? double.NaN : sum / count;
    }

    private static double Mean(ReadOnlySpan<double> actual, ReadOnlySpan<double> forecast, Func<double, double, double> error)
    {
        CheckLengths(actual, forecast);
        double sum = 0;
        var count = 0;
        for (var h = 0; h < actual.Length; h++)
        {
            if (double.IsNaN(actual[h])) continue;
            sum += error(actual[h], forecast[h]);
            count++;
        }

        return count == 0 ? double.NaN : sum / count;
    }

    private static void CheckLengths(ReadOnlySpan<double> actual, ReadOnlySpan<double> other)
    {
        if (actual.Length != other.Length)
            throw new ArgumentException($"{actual.Length} actual values and {other.Length} forecasts do not fit together.", nameof(other));
    }
}
