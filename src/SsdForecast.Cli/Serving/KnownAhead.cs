using SsdForecast.Runtime;

namespace SsdForecast.Cli.Serving;

/// <summary>
/// Known covariates that were announced before their time: by rows without a value, or by reading a file ahead. Kept by series and time until it has passed.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="hasGrid">Whether times are snapped to steps (<see cref="SsdForecast.Streaming.OffGridPolicy"/>), so that the time of an event may not be that of the row announced.</param>
/// <param name="lastTime">The time of the last event that the engine has of a series; null where it has none.</param>
internal sealed class KnownAhead(RecurrentModel model, bool hasGrid, Func<string, DateTime?> lastTime)
{
    private readonly Dictionary<string, DateTime> _onGrid = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedList<long, double[]>> _announced = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _rows = new(StringComparer.Ordinal);
    private readonly int _known = model.Config.KnownCovariates;
    private readonly bool _snaps = hasGrid && model.Preprocessor is { HasTimestamps: true, IsRegular: true };

    /// <summary>Whether a lead time went without its covariates.</summary>
    public bool Lacked { get; private set; }

    /// <summary>Takes covariates of a time to come.</summary>
    public void Announce(in EventRow row, long rowNumber = 0)
    {
        if (!_announced.TryGetValue(row.SeriesId, out var series)) _announced[row.SeriesId] = series = [];
        series[Key(row, rowNumber)] = [.. row.Known];
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
            var now = Key(row, position);
            while (series.Count > 0 && series.GetKeyAtIndex(0) <= now) series.RemoveAt(0);
            for (var h = 0; h < model.Config.Horizon; h++)
                if (Find(series, row.Time, now, h) is { } known) known.CopyTo(ahead, h * _known);
        }
        Lacked |= ahead.Any(double.IsNaN);
        return ahead;
    }

    /// <summary>What orders the rows of a series: its step on the grid, the time, or the number of the row.</summary>
    private long Key(in EventRow row, long number)
    {
        if (!model.Preprocessor.HasTimestamps) return number;
        if (!_snaps) return row.Time.Ticks;
        if (!_onGrid.TryGetValue(row.SeriesId, out var from)) _onGrid[row.SeriesId] = from = lastTime(row.SeriesId) ?? row.Time;
        return model.Preprocessor.Frequency!.Value.StepsBetween(from, row.Time);
    }

    private double[]? Find(SortedList<long, double[]> series, DateTime time, long now, int lead)
    {
        // Irregular events have no step: the next ones announced are the next ones.
        if (!model.Preprocessor.IsRegular) return lead < series.Count ? series.GetValueAtIndex(lead) : null;
        var isTime = model.Preprocessor.HasTimestamps && !_snaps;
        return series.GetValueOrDefault(isTime ? model.Preprocessor.Frequency!.Value.Add(time, lead + 1).Ticks : now + lead + 1);
    }
}
