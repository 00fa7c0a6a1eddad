namespace SsdForecast.Data;

/// <summary>Empirical quantiles.</summary>
public static class Quantiles
{
    /// <summary>
    /// The quantile of sorted values, interpolated linearly between order statistics (Hyndman and Fan's type 7, the default of R and NumPy).
    /// </summary>
    /// <param name="sorted">Ascending, without NaN; at least one.</param>
    /// <param name="level">In [0, 1].</param>
    /// <exception cref="ArgumentException">No values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The level lies outside [0, 1].</exception>
    public static double OfSorted(ReadOnlySpan<double> sorted, double level)
    {
        if (sorted.IsEmpty) throw new ArgumentException("No values have no quantile.", nameof(sorted));
        if (level is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(level), level, "A quantile level lies in [0, 1].");
        var position = level * (sorted.Length - 1);
        var below = (int)position;
        var fraction = position - below;
        return fraction == 0 ? sorted[below] : sorted[below] + (fraction * (sorted[below + 1] - sorted[below]));
    }
}
