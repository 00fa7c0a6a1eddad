using SsdForecast.Data;

namespace SsdForecast.Cli.Serving;

/// <summary>
/// Scores a stream as it goes: each value against the forecast made before it came, beside the seasonal naive one. Mean errors over all series, or over
/// the first <see cref="MostSeries"/> of them, for the memory is bounded. A series that has not changed yet, but for rounding, has nothing to scale by and is left
/// out of the MASE until it does.
/// </summary>
/// <param name="season">Rows of a season.</param>
internal sealed class PrequentialScore(int season)
{
    /// <summary>Series that are scored at most.</summary>
    public const int MostSeries = 10_000;

    private readonly Dictionary<string, Pending> _pending = new(StringComparer.Ordinal);
    private double _error, _naive;
    private long _inside, _judged;

    private sealed class Pending(int season)
    {
        public readonly double[] Season = new double[season];
        public long Rows;
        public double Error, Naive, Largest;
        public bool IsScaled;
        public double Median = double.NaN, Low, High;
    }

    /// <summary>Mean absolute error of one step ahead over that of the seasonal naive forecast; NaN before there is one.</summary>
    public double Mase => _naive > 0 ? _error / _naive : double.NaN;

    /// <summary>Part of values within the outermost quantiles; NaN before there is one.</summary>
    public double Coverage => _judged > 0 ? _inside / (double)_judged : double.NaN;

    /// <summary>Nominal coverage of the outermost quantiles; NaN for a point model.</summary>
    public double Nominal { get; private set; } = double.NaN;

    /// <summary>Whether a series was judged or awaited before.</summary>
    public bool Knows(string seriesId) => _pending.ContainsKey(seriesId);

    /// <summary>Judges a value by the forecast pending for its series.</summary>
    public void Judge(string seriesId, double value)
    {
        if (Of(seriesId) is not { } p) return;
        var before = p.Rows >= season ? p.Season[p.Rows % season] : double.NaN;
        p.Season[p.Rows++ % season] = value;
        if (double.IsNaN(value) || double.IsNaN(p.Median)) return;
        _judged++;
        if (value >= p.Low && value <= p.High) _inside++;
        if (double.IsNaN(before)) return;
        var (error, naive) = (Math.Abs(value - p.Median), Math.Abs(value - before));
        if (!p.IsScaled)
        {
            p.Error += error;
            p.Naive += naive;
            p.Largest = Math.Max(p.Largest, Math.Abs(value));
            if (Metrics.IsRounding(naive, p.Largest)) return;
            // What it was judged by so far comes in with the first change.
            (p.IsScaled, error, naive) = (true, p.Error, p.Naive);
        }

        _error += error;
        _naive += naive;
    }

    /// <summary>Notes a forecast, for the next value of its series.</summary>
    /// <param name="seriesId">The series.</param>
    /// <param name="quantiles">The quantiles of the first lead time.</param>
    /// <param name="levels">Their levels.</param>
    /// <param name="median">Which of them is the median.</param>
    public void Await(string seriesId, ReadOnlySpan<double> quantiles, IReadOnlyList<double> levels, int median)
    {
        if (Of(seriesId) is not { } p) return;
        (p.Median, p.Low, p.High) = (quantiles[median], quantiles[0], quantiles[^1]);
        if (levels.Count > 1) Nominal = levels[^1] - levels[0];
    }

    private Pending? Of(string seriesId)
    {
        if (_pending.TryGetValue(seriesId, out var pending)) return pending;
        if (_pending.Count == MostSeries) return null;
        return _pending[seriesId] = new Pending(season);
    }
}
