namespace SsdForecast.Data;

/// <summary>
/// The times of a series' rows, immutable: regular (a start and a <see cref="Frequency"/>), irregular (a time for each row) or ordinal
/// (row numbers, no clock). Times are of kind <see cref="DateTimeKind.Unspecified"/>: the clock of the data, or UTC where the data say so.
/// </summary>
public sealed class TimeIndex
{
    private readonly DateTime _start;
    private readonly DateTime[]? _times;
    private readonly int _offset;

    private TimeIndex(int count, Frequency? frequency, DateTime start, DateTime[]? times, int offset, TimeSpan medianStep)
    {
        Count = count;
        Frequency = frequency;
        _start = start;
        _times = times;
        _offset = offset;
        MedianStep = medianStep;
    }

    /// <summary>Number of rows.</summary>
    public int Count { get; }

    /// <summary>The step; null for an irregular index; of unit <see cref="FrequencyUnit.Ordinal"/> without timestamps.</summary>
    public Frequency? Frequency { get; }

    /// <summary>Whether rows have times; false for an ordinal index.</summary>
    public bool HasTimestamps => Frequency?.Unit != FrequencyUnit.Ordinal;

    /// <summary>Whether all steps are equal, in time or in the calendar; true for an ordinal index.</summary>
    public bool IsRegular => Frequency is not null;

    /// <summary>
    /// The step of a regular index (its nominal length for calendar units), the median step of an irregular one,
    /// <see cref="TimeSpan.Zero"/> for an ordinal one and for a single irregular event.
    /// </summary>
    public TimeSpan MedianStep { get; }

    /// <summary>
    /// The time of row <paramref name="i"/>. Rows at or past <see cref="Count"/> are extrapolated: by the frequency, or from the last
    /// event by the median step.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative row.</exception>
    /// <exception cref="InvalidOperationException">The index is ordinal, or irregular and empty.</exception>
    public DateTime this[int i]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(i);
            if (!HasTimestamps) throw new InvalidOperationException("This index has row numbers and no times; ask HasTimestamps first.");
            if (_times is null) return Frequency!.Value.Add(_start, _offset + (long)i);
            if (Count == 0) throw new InvalidOperationException("An empty irregular index has no times.");
            return i < Count ? _times[_offset + i] : _times[_offset + Count - 1] + (MedianStep * (i - Count + 1));
        }
    }

    /// <summary>A regular index: <paramref name="count"/> rows from <paramref name="start"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative count.</exception>
    public static TimeIndex Regular(DateTime start, Frequency f, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (f.Unit == FrequencyUnit.Ordinal) return Ordinal(count);
        return new TimeIndex(count, f, DateTime.SpecifyKind(start, DateTimeKind.Unspecified), null, 0, f.NominalStep);
    }

    /// <summary>An irregular index: events at the given times, which are copied.</summary>
    /// <exception cref="ArgumentException">The times are not strictly ascending.</exception>
    public static TimeIndex Irregular(DateTime[] times)
    {
        ArgumentNullException.ThrowIfNull(times);
        var copy = Array.ConvertAll(times, t => DateTime.SpecifyKind(t, DateTimeKind.Unspecified));
        for (var i = 1; i < copy.Length; i++)
            if (copy[i] <= copy[i - 1])
                throw new ArgumentException(
                    $"Times must ascend strictly, but row {i} ({copy[i]:s}) is not after row {i - 1} ({copy[i - 1]:s}).",
                    nameof(times));
        return new TimeIndex(copy.Length, null, default, copy, 0, MedianOf(copy, TimeSpan.Zero));
    }

    /// <summary>An ordinal index: row numbers, no clock.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative count.</exception>
    public static TimeIndex Ordinal(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new TimeIndex(count, Data.Frequency.Ordinal, default, null, 0, TimeSpan.Zero);
    }

    /// <summary>Rows <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> − 1 as an index of their own; nothing is copied.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rows are not all inside.</exception>
    public TimeIndex Slice(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count - start);
        var median = _times is null ? MedianStep : MedianOf(_times.AsSpan(_offset + start, count), MedianStep);
        return new TimeIndex(count, Frequency, _start, _times, _offset + start, median);
    }

    /// <summary>The times of all rows as a new array.</summary>
    /// <exception cref="InvalidOperationException">The index is ordinal.</exception>
    public DateTime[] ToArray()
    {
        var times = new DateTime[Count];
        for (var i = 0; i < times.Length; i++) times[i] = this[i];
        return times;
    }

    // A slice of one event has no step of its own and keeps that of the index it was cut from.
    private static TimeSpan MedianOf(ReadOnlySpan<DateTime> times, TimeSpan otherwise)
    {
        if (times.Length < 2) return otherwise;
        var steps = new long[times.Length - 1];
        for (var i = 0; i < steps.Length; i++) steps[i] = times[i + 1].Ticks - times[i].Ticks;
        Array.Sort(steps);
        var middle = steps.Length / 2;
        return new TimeSpan(steps.Length % 2 == 1 ? steps[middle] : steps[middle - 1] + ((steps[middle] - steps[middle - 1]) / 2));
    }
}
