namespace SsdForecast.Data;

/// <summary>Finds season lengths in a series that has no clock to tell them.</summary>
public static class SeasonDetector
{
    private const int LongestSeason = 1000;

    // Below this a peak of the autocorrelation is noise rather than a season worth forecasting with.
    private const double LeastCorrelation = 0.2;

    // The shortest peak that is nearly as high as the highest is the season that the others repeat.
    private const double NearlyAsHigh = 0.7;

    /// <summary>
    /// The shortest season, and the multiple of it that resembles itself most, such as the day and the week: from the autocorrelation of
    /// <c>y[t] − y[t − 1]</c>, differences being free of level and trend. A multiple is judged together with its double, where the rows suffice,
    /// since one lag alone is at the mercy of chance.
    /// </summary>
    /// <param name="training">Raw training rows; NaN where missing.</param>
    /// <returns>At most two lags, of at least 2 and at most a third of the rows (and 1000), ascending; empty if there is no season.</returns>
    public static IReadOnlyList<int> Candidates(ReadOnlySpan<double> training)
    {
        var longest = Math.Min(LongestSeason, training.Length / 3);
        if (longest < 3) return [];
        var differences = Differences(training);
        var correlation = Autocorrelation(differences, Math.Min(2 * longest, training.Length / 2));
        var noise = Math.Max(LeastCorrelation, 1.96 / Math.Sqrt(differences.Length));
        var peaks = new List<int>();
        for (var lag = 2; lag < longest; lag++)
        {
            if (correlation[lag] > noise && correlation[lag] > correlation[lag - 1] && correlation[lag] >= correlation[lag + 1]) peaks.Add(lag);
        }

        if (peaks.Count == 0) return [];
        var highest = peaks.Max(lag => correlation[lag]);
        var season = peaks.First(lag => correlation[lag] >= NearlyAsHigh * highest);
        int[] multiples = [.. Enumerable.Range(2, Math.Max(0, (longest / season) - 1)).Select(k => k * season)];
        return multiples.Length == 0 ? [season] : [season, multiples.MaxBy(lag => WithDouble(correlation, lag))];
    }

    private static double WithDouble(double[] correlation, int lag) =>
        2 * lag < correlation.Length ? (correlation[lag] + correlation[2 * lag]) / 2 : correlation[lag];

    private static double[] Differences(ReadOnlySpan<double> values)
    {
        var differences = new double[values.Length - 1];
        double sum = 0;
        var count = 0;
        for (var t = 0; t < differences.Length; t++)
        {
            differences[t] = values[t + 1] - values[t];
            if (double.IsNaN(differences[t])) continue;
            sum += differences[t];
            count++;
        }

        // A missing difference counts as the mean, which is zero after centring.
        var mean = count == 0 ? 0 : sum / count;
        for (var t = 0; t < differences.Length; t++) differences[t] = double.IsNaN(differences[t]) ? 0 : differences[t] - mean;
        return differences;
    }

    // Divided by the number of pairs and not of rows, so that long seasons are not put at a disadvantage.
    private static double[] Autocorrelation(double[] x, int longest)
    {
        var correlation = new double[longest + 1];
        var variance = x.Sum(v => v * v) / x.Length;
        if (variance <= 0) return correlation;
        for (var lag = 1; lag <= longest; lag++)
        {
            double sum = 0;
            for (var t = lag; t < x.Length; t++) sum += x[t] * x[t - lag];
            correlation[lag] = sum / (x.Length - lag) / variance;
        }

        return correlation;
    }
}
