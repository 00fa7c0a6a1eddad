using SsdForecast.Data;

namespace SsdForecast.Reports;

/// <summary>Turns forecasts into panels: a window each, or, where horizons are too short to be seen alone, stretches of one-step forecasts.</summary>
internal sealed class PanelBuilder
{
    /// <summary>Horizons up to this are drawn as stretches.</summary>
    public const int ShortHorizon = 3;

    private const int StretchLength = 96;
    private readonly Dictionary<string, Series> _history = new(StringComparer.Ordinal);
    private readonly int? _lookback;
    private readonly ErrorScale _scale;

    public PanelBuilder(ReportInput input, ErrorScale scale)
    {
        foreach (var series in input.History) _history.TryAdd(series.Id, series);
        _lookback = input.Lookback;
        _scale = scale;
    }

    public IReadOnlyList<ForecastPanel> Build(IReadOnlyList<ForecastVersusActual> forecasts)
    {
        var usable = forecasts.Where(f => f.Forecast.Horizon > 0).ToList();
        var series = usable.Select(f => f.Forecast.SeriesId).Distinct(StringComparer.Ordinal).Count();
        var stretches = usable.Count >= 8 * series && usable.TrueForAll(f => f.Forecast.Horizon <= ShortHorizon);
        if (!stretches) return usable.ConvertAll(Window);
        return [.. usable.GroupBy(f => f.Forecast.SeriesId, StringComparer.Ordinal).SelectMany(g => g.OrderBy(f => f.Forecast.Origin).Chunk(StretchLength).Where(c => c.Length >= 8 || g.Count() < StretchLength)).Select(Stretch)];
    }

    private ForecastPanel Window(ForecastVersusActual window)
    {
        var (forecast, actual) = window;
        var hasTimes = forecast.Times.Count == forecast.Horizon;
        var xs = hasTimes ? ChartTime.ToX(forecast.Times) : [.. Enumerable.Range(1, forecast.Horizon).Select(h => (double)forecast.Origin + h)];
        var (historyX, historyY) = Before(forecast, hasTimes, _lookback ?? Math.Clamp(3 * forecast.Horizon, 24, 400));
        var first = xs[0];
        return new ForecastPanel
        {
            SeriesId = forecast.SeriesId,
            X = xs,
            HasTimes = hasTimes,
            Median = forecast.Median,
            Intervals = Fan.Intervals(forecast),
            Actual = actual,
            HistoryX = historyX,
            HistoryY = historyY,
            OriginX = historyX.Length > 0 ? historyX[^1] : hasTimes ? ChartTime.ToX([StepBefore(forecast.Times)])[0] : first - 1,
            Error = Metrics.Mae(actual, forecast.Median) / _scale.Of(forecast.SeriesId),
        };
    }

    // Whole months are steps of the calendar: before 1 October comes 1 September, though 1 November is 31 days later.
    private static DateTime StepBefore(IReadOnlyList<DateTime> times)
    {
        if (times.Count < 2) return times[0];
        var (first, second) = (times[0], times[1]);
        if (second - first >= first - DateTime.MinValue.AddMonths(1)) return first;
        var months = (12 * (second.Year - first.Year)) + second.Month - first.Month;
        return months > 0 && first.AddMonths(months) == second ? first.AddMonths(-months) : first - (second - first);
    }

    private ForecastPanel Stretch(ForecastVersusActual[] run)
    {
        var first = run[0].Forecast;
        var hasTimes = Array.TrueForAll(run, f => f.Forecast.Times.Count > 0);
        var (median, actual) = (Array.ConvertAll(run, f => f.Forecast.Median[0]), Array.ConvertAll(run, f => f.Actual[0]));
        var (historyX, historyY) = Before(first, hasTimes, _lookback ?? 24);
        return new ForecastPanel
        {
            SeriesId = first.SeriesId,
            X = Array.ConvertAll(run, f => hasTimes ? ChartTime.ToX(f.Forecast.Times[0]) : f.Forecast.Origin + 1.0),
            HasTimes = hasTimes,
            Median = median,
            Intervals = [.. Fan.Pairs(first.Levels).Select(p => new Interval(
                Math.Round(first.Levels[p.Upper] - first.Levels[p.Lower], 6),
                Array.ConvertAll(run, f => At(f.Forecast, first, p.Lower)), Array.ConvertAll(run, f => At(f.Forecast, first, p.Upper))))],
            Actual = actual,
            HistoryX = historyX,
            HistoryY = historyY,
            OriginX = double.NaN,
            Error = Metrics.Mae(actual, median) / _scale.Of(first.SeriesId),
        };
    }

    // A forecast with other levels than the first of its stretch shows no interval.
    private static double At(Forecast forecast, Forecast first, int q) => forecast.Levels.SequenceEqual(first.Levels) ? forecast.Values[0, q] : double.NaN;

    private (double[] X, double[] Y) Before(Forecast forecast, bool hasTimes, int rows)
    {
        if (!_history.TryGetValue(forecast.SeriesId, out var series) || series.Index.HasTimestamps != hasTimes) return ([], []);
        var end = Math.Clamp(forecast.Origin + 1, 0, series.Count);
        var start = Math.Max(Math.Max(0, series.FirstObserved), end - rows);
        if (end <= start) return ([], []);
        var xs = new double[end - start];
        for (var i = start; i < end; i++) xs[i - start] = hasTimes ? ChartTime.ToX(series.Index[i]) : i;
        return (xs, series.Values[start..end]);
    }
}
