namespace SsdForecast.Data;

/// <summary>The regular times that rows are put on: a start and a frequency, or numbers.</summary>
internal sealed class TimeGrid
{
    private readonly long _start;
    private readonly long _step;
    private readonly Frequency _frequency;

    private TimeGrid(Frequency frequency, long start, long step)
    {
        _frequency = frequency;
        _start = start;
        _step = step;
    }

    /// <summary>A grid through most of the rows: its phase is the commonest among them, its first cell the one nearest to the first row.</summary>
    public static TimeGrid Through(long[] ticks, Frequency frequency)
    {
        if (!frequency.IsFixed) return new TimeGrid(frequency, ticks[0], 0);
        var step = frequency.NominalStep.Ticks;
        var phases = new Dictionary<long, int>();
        foreach (var t in ticks) phases[t % step] = phases.GetValueOrDefault(t % step) + 1;
        var phase = phases.MaxBy(p => p.Value).Key;
        return new TimeGrid(frequency, phase + (Frequency.Nearest(ticks[0] - phase, step) * step), step);
    }

    /// <summary>A grid of row numbers.</summary>
    public static TimeGrid Numbers(long[] ticks, long step) => new(Frequency.Ordinal, ticks[0], step);

    /// <summary>The cell nearest to a time, and whether the time is exactly there.</summary>
    public long CellOf(long ticks, out bool exact)
    {
        long cell;
        if (_step > 0)
        {
            cell = Frequency.Nearest(ticks - _start, _step);
            exact = _start + (cell * _step) == ticks;
            return cell;
        }

        var (start, t) = (new DateTime(_start), new DateTime(ticks));
        cell = _frequency.StepsBetween(start, t);
        exact = _frequency.Add(start, cell) == t;
        return cell;
    }

    /// <summary>The index of the first <paramref name="count"/> cells.</summary>
    public TimeIndex Index(int count) =>
        _frequency.Unit == FrequencyUnit.Ordinal ? TimeIndex.Ordinal(count) : TimeIndex.Regular(new DateTime(_start), _frequency, count);

    /// <summary>The time or number of a cell, for messages.</summary>
    public string NameOf(long cell) => _frequency.Unit == FrequencyUnit.Ordinal
        ? $"row number {_start + (cell * _step)}"
        : TimeText.Of(_frequency.Add(new DateTime(_start), cell));
}
