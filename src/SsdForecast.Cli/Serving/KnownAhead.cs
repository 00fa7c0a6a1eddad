using SsdForecast.Runtime;

namespace SsdForecast.Cli.Serving;

/// <summary>
/// Known covariates that were announced before their time: by rows without a value, or by reading a file ahead. Kept by series and time until it has passed.
/// </summary>
internal sealed class KnownAhead(RecurrentModel model)
{
    private readonly Dictionary<string, SortedList<long, double[]>> _announced = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _rows = new(StringComparer.Ordinal);
    private readonly int _known = model.Config.KnownCovariates;

    /// <summary>Whether a lead time went without its covariates.</summary>
    public bool Lacked { get; private set; }

    /// <summary>Takes covariates of a time to come.</summary>
    public void Announce(in EventRow row, long rowNumber = 0)
    {
        if (!_announced.TryGetValue(row.SeriesId, out var series)) _announced[row.SeriesId] = series = [];
        series[model.Preprocessor.HasTimestamps ? row.Time.Ticks : rowNumber] = [.. row.Known];
    }

    /// <summary>The covariates of the next lead times after an event, <c>lead · n_known + covariate</c>; NaN where none were announced.</summary>
    public double[] After(in EventRow row)
    {
        if (_known == 0) return [];
        if (row.Ahead is not null) return row.Ahead;
        var ahead = new double[model.Config.Horizon * _known];
        Array.Fill(ahead, double.NaN);
        var position = _rows[row.SeriesId] = _rows.GetValueOrDefault(row.SeriesId, -1) + 1;
        if (_announced.TryGetValue(row.SeriesId, out var series))
        {
            var now = model.Preprocessor.HasTimestamps ? row.Time.Ticks : position;
            while (series.Count > 0 && series.GetKeyAtIndex(0) <= now) series.RemoveAt(0);
            for (var h = 0; h < model.Config.Horizon; h++)
                if (Find(series, row.Time, position, h) is { } known) known.CopyTo(ahead, h * _known);
        }
        Lacked |= ahead.Any(double.IsNaN);
        return ahead;
    }

    private double[]? Find(SortedList<long, double[]> series, DateTime time, long position, int lead)
    {
        // Irregular events have no step: the next ones announced are the next ones.
        if (!model.Preprocessor.IsRegular) return lead < series.Count ? series.GetValueAtIndex(lead) : null;
        var key = model.Preprocessor.HasTimestamps ? model.Preprocessor.Frequency!.Value.Add(time, lead + 1).Ticks : position + lead + 1;
        return series.GetValueOrDefault(key);
    }
}
