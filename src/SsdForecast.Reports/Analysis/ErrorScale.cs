using SsdForecast.Data;

namespace SsdForecast.Reports;

/// <summary>
/// What errors of a series are divided by, so that series of different size can stand beside each other: the error of the seasonal naive
/// forecast over the rows before the first origin, as in the MASE.
/// </summary>
internal sealed class ErrorScale
{
    private readonly Dictionary<string, double> _scales = new(StringComparer.Ordinal);

    public ErrorScale(ReportInput input)
    {
        var forecasts = input.Models.SelectMany(m => m.Forecasts).ToList();
        var firstOrigins = forecasts.GroupBy(f => f.Forecast.SeriesId, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Min(f => f.Forecast.Origin), StringComparer.Ordinal);
        var history = new Dictionary<string, Series>(StringComparer.Ordinal);
        foreach (var series in input.History) history.TryAdd(series.Id, series);
        foreach (var (id, origin) in firstOrigins)
        {
            var scale = double.NaN;
            if (input.ErrorScales is not null && input.ErrorScales.TryGetValue(id, out var given)) scale = given;
            else if (history.TryGetValue(id, out var series)) scale = Metrics.MaseScale(series.Values.AsSpan(0, Math.Clamp(origin + 1, 0, series.Count)), input.Season);
            if (double.IsFinite(scale) && scale > 0) _scales[id] = scale;
        }
        Count = firstOrigins.Count;
        // One series, or a series without a scale among many: raw units for all, rather than units that differ.
        IsScaled = Count > 1 && _scales.Count == Count;
    }

    /// <summary>How many series there are.</summary>
    public int Count { get; }

    /// <summary>Whether errors are shown in units of the naive error.</summary>
    public bool IsScaled { get; }

    /// <summary>The scale for charts: 1 where errors are shown in raw units.</summary>
    public double Of(string series) => IsScaled ? _scales[series] : 1;

    /// <summary>The scale of the MASE; NaN when it is not known.</summary>
    public double OfMase(string series) => _scales.GetValueOrDefault(series, double.NaN);
}
