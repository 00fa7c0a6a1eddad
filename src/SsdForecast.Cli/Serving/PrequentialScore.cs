using SsdForecast.Data;

namespace SsdForecast.Cli.Serving;

/// <summary>
/// Scores a stream as it goes: each value against the forecast made before it came, beside the seasonal naive one. Mean errors over all series.
/// </summary>
/// <param name="season">Rows of a season.</param>
internal sealed class PrequentialScore(int season)
{
    private readonly Dictionary<string, Pending> _pending = new(StringComparer.Ordinal);
    private double _error, _naive;
    private long _inside, _judged;

    private sealed class Pending(int season)
    {
        public readonly float[] Season = new float[season];
        public long Rows;
        public double Median = double.NaN, Low, High;
    }

    /// <summary>Mean absolute error of one step ahead over that of the seasonal naive forecast; NaN before there is one.</summary>
    public double Mase => _naive > 0 ? _error / _naive : double.NaN;

    /// <summary>Part of values within the outermost quantiles; NaN before there is one.</summary>
    public double Coverage => _judged > 0 ? _inside / (double)_judged : double.NaN;

    /// <summary>Nominal coverage of the outermost quantiles; NaN for a point model.</summary>
    public double Nominal { get; private set; } = double.NaN;

    /// <summary>Judges a value by the forecast pending for its series.</summary>
    public void Judge(string seriesId, double value)
    {
        if (!_pending.TryGetValue(seriesId, out var p)) _pending[seriesId] = p = new Pending(season);
        var before = p.Rows >= season ? p.Season[p.Rows % season] : double.NaN;
        p.Season[p.Rows++ % season] = (float)value;
        if (double.IsNaN(value) || double.IsNaN(p.Median)) return;
        _judged++;
        if (value >= p.Low && value <= p.High) _inside++;
        if (double.IsNaN(before)) return;
        _error += Math.Abs(value - p.Median);
        _naive += Math.Abs(value - before);
    }

    /// <summary>Notes a forecast, for the next value of its series.</summary>
    public void Await(Forecast forecast)
    {
        if (!_pending.TryGetValue(forecast.SeriesId, out var p)) _pending[forecast.SeriesId] = p = new Pending(season);
        var last = forecast.Levels.Count - 1;
        (p.Median, p.Low, p.High) = (forecast.Median[0], forecast.Values[0, 0], forecast.Values[0, last]);
        if (last > 0) Nominal = forecast.Levels[last] - forecast.Levels[0];
    }
}
