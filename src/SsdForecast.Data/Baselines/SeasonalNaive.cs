namespace SsdForecast.Data;

/// <summary>
/// The seasonal naive forecast: the last season carried forward. The yardstick of every forecaster, and the denominator of the MASE.
/// </summary>
public static class SeasonalNaive
{
    /// <summary>
    /// Forecasts from one origin. To forecast from many origins of one series, fit a <see cref="SeasonalNaiveModel"/> once.
    /// </summary>
    /// <param name="s">The series.</param>
    /// <param name="origin">The last row that may be used, of <c>[0, s.Count)</c>.</param>
    /// <param name="horizon">Lead times, at least 1.</param>
    /// <param name="season">Season length in rows, at least 1; 1 repeats the last value.</param>
    /// <param name="levels">Quantile levels in (0, 1), ascending; empty for a point forecast.</param>
    /// <param name="trainEnd">Exclusive end of the rows whose residuals give the quantiles; the origin's successor if not told.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument outside its range.</exception>
    public static Forecast Predict(Series s, int origin, int horizon, int season, IReadOnlyList<double> levels, int? trainEnd = null)
    {
        ArgumentNullException.ThrowIfNull(s);
        if (origin < 0 || origin >= s.Count)
            throw new ArgumentOutOfRangeException(nameof(origin), origin, $"Series '{s.Id}' has rows 0 to {s.Count - 1}.");
        return SeasonalNaiveModel.Fit(s, trainEnd ?? (origin + 1), season, levels).Predict(origin, horizon);
    }

    /// <summary>
    /// The season whose naive forecast errs least within the training rows, averaged over the lead times 1 to <paramref name="horizon"/>.
    /// </summary>
    /// <param name="training">Raw training rows; NaN where missing.</param>
    /// <param name="candidates">Season lengths in rows; those not shorter than half the training rows are passed over.</param>
    /// <param name="horizon">The lead times that count; 0 takes the shortest candidate above 1, so that repeating the last value is judged over a season too.</param>
    /// <returns>The season, 1 where no candidate can be judged. Of equal ones the shortest.</returns>
    public static int ChooseSeason(ReadOnlySpan<double> training, IReadOnlyList<int> candidates, int horizon = 0)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        if (horizon <= 0) horizon = candidates.Where(c => c > 1).DefaultIfEmpty(1).Min();
        var best = 1;
        var least = double.PositiveInfinity;
        foreach (var season in candidates.Order())
        {
            if (season < 1 || 2 * season > training.Length) continue;
            var error = ErrorOverHorizon(training, season, horizon);
            // An improvement in the last digits is noise of summation, not a better season.
            if (!(error < least * (1 - 1e-9))) continue;
            best = season;
            least = error;
        }

        return best;
    }

    /// <summary>
    /// The season of a series: of its frequency's usual seasons (<see cref="Frequency.SeasonLengths"/>), or of those that
    /// <see cref="SeasonDetector"/> finds where the index is ordinal or irregular, and 1, the one that errs least in the training rows.
    /// </summary>
    /// <param name="s">The series.</param>
    /// <param name="trainEnd">Exclusive end of the training rows.</param>
    /// <param name="horizon">The lead times that count; see <see cref="ChooseSeason(ReadOnlySpan{double}, IReadOnlyList{int}, int)"/>.</param>
    public static int ChooseSeason(Series s, int trainEnd, int horizon = 0)
    {
        ArgumentNullException.ThrowIfNull(s);
        ArgumentOutOfRangeException.ThrowIfLessThan(trainEnd, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(trainEnd, s.Count);
        if (!s.Index.IsRegular) return 1;
        var training = s.Values.AsSpan(0, trainEnd);
        var usual = s.Index.HasTimestamps ? s.Index.Frequency!.Value.SeasonLengths : SeasonDetector.Candidates(training);
        return ChooseSeason(training, [1, .. usual], horizon);
    }

    /// <summary>
    /// One season for many series, such as those that one global model is trained on: the candidate whose error, relative to that of repeating
    /// the last value, is least on average over the series. Candidates are those of the frequency or, without timestamps, the two that
    /// <see cref="SeasonDetector"/> finds in most series.
    /// </summary>
    /// <param name="series">At least one.</param>
    /// <param name="trainEnd">From a series to the exclusive end of its training rows.</param>
    /// <param name="horizon">The lead times that count; see <see cref="ChooseSeason(ReadOnlySpan{double}, IReadOnlyList{int}, int)"/>.</param>
    /// <exception cref="ArgumentException">No series.</exception>
    public static int ChooseSeason(IReadOnlyList<Series> series, Func<Series, int> trainEnd, int horizon = 0)
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(trainEnd);
        if (series.Count == 0) throw new ArgumentException("There is no series to choose a season for.", nameof(series));
        if (series.Count == 1) return ChooseSeason(series[0], trainEnd(series[0]), horizon);
        var index = series[0].Index;
        if (!index.IsRegular) return 1;
        IReadOnlyList<int> candidates = index.HasTimestamps ? index.Frequency!.Value.SeasonLengths : MostDetected(series, trainEnd);
        if (horizon <= 0) horizon = candidates.Where(c => c > 1).DefaultIfEmpty(1).Min();
        return candidates.Append(1).Distinct().Order().MinBy(c => MeanRelativeError(series, trainEnd, c, horizon));
    }

    private static int[] MostDetected(IReadOnlyList<Series> series, Func<Series, int> trainEnd) =>
        [.. series.SelectMany(s => SeasonDetector.Candidates(s.Values.AsSpan(0, trainEnd(s))))
            .GroupBy(season => season)
            .OrderByDescending(g => g.Count())
            .ThenBy(g => g.Key)
            .Take(2)
            .Select(g => g.Key)];

    private static double MeanRelativeError(IReadOnlyList<Series> series, Func<Series, int> trainEnd, int season, int horizon)
    {
        double sum = 0;
        var count = 0;
        foreach (var s in series)
        {
            var training = s.Values.AsSpan(0, trainEnd(s));
            if (2 * season > training.Length) continue;
            var relative = ErrorOverHorizon(training, season, horizon) / ErrorOverHorizon(training, 1, horizon);
            if (!double.IsFinite(relative)) continue;
            sum += relative;
            count++;
        }

        return count == 0 ? double.PositiveInfinity : sum / count;
    }

    private static double ErrorOverHorizon(ReadOnlySpan<double> training, int season, int horizon)
    {
        double sum = 0;
        var leads = 0;
        for (var done = 0; done < horizon; done += season)
        {
            // Leads done+1 … done+season all compare with the value `lag` rows before.
            var lag = done + season;
            if (lag >= training.Length) break;
            var error = MeanAbsoluteDifference(training, lag);
            if (double.IsNaN(error)) continue;
            var share = Math.Min(season, horizon - done);
            sum += error * share;
            leads += share;
        }

        return leads == 0 ? double.PositiveInfinity : sum / leads;
    }

    private static double MeanAbsoluteDifference(ReadOnlySpan<double> values, int lag)
    {
        double sum = 0;
        var count = 0;
        for (var t = lag; t < values.Length; t++)
        {
            var difference = Math.Abs(values[t] - values[t - lag]);
            if (double.IsNaN(difference)) continue;
            sum += difference;
            count++;
        }

        return count == 0 ? double.NaN : sum / count;
    }
}
