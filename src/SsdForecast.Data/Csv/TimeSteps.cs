namespace SsdForecast.Data;

/// <summary>
/// The steps between successive times, as labels: a positive number of ticks, or minus a number of months where the step is whole calendar months
/// (both ends on the same day of the month, or both on its last day, at the same time of day).
/// </summary>
internal sealed class TimeSteps
{
    private static readonly long FourWeeks = TimeSpan.FromDays(28).Ticks;
    private readonly long[] _labels;

    /// <summary>Labels the steps.</summary>
    /// <param name="ticks">Strictly ascending.</param>
    /// <param name="clock">Whether ticks are of a clock and may make months; false for row numbers.</param>
    public TimeSteps(long[] ticks, bool clock)
    {
        _labels = new long[Math.Max(0, ticks.Length - 1)];
        for (var i = 0; i < _labels.Length; i++) _labels[i] = Label(ticks[i], ticks[i + 1], clock);
        var counts = new Dictionary<long, int>();
        foreach (var label in _labels) counts[label] = counts.GetValueOrDefault(label) + 1;
        // Of equally common steps the shorter wins: it explains the longer as a gap, and not the other way round.
        Common = [.. counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key < 0 ? long.MaxValue + c.Key : c.Key).Select(c => c.Key)];
    }

    /// <summary>The labels that occur, commonest first.</summary>
    public IReadOnlyList<long> Common { get; }

    /// <summary>The commonest step as a frequency; null if it is no whole number of seconds.</summary>
    public static Frequency? FrequencyOf(long label) =>
        label < 0 ? Frequency.FromMonths((int)-label)
        : label > 0 && label % TimeSpan.TicksPerSecond == 0 && label / TimeSpan.TicksPerSecond <= int.MaxValue
            ? Frequency.FromStep(new TimeSpan(label))
        : null;

    /// <summary>
    /// The row at which one step gives way to another for good: before it at least 90 % of the steps are one, after it at least 90 % the other, and
    /// either part has at least three steps and a twentieth of all. −1 if there is none.
    /// </summary>
    public int Change()
    {
        if (Common.Count < 2 || _labels.Length < 6) return -1;
        var (a, b) = (Common[0], Common[1]);
        int[] sumA = Sums(a), sumB = Sums(b);
        var n = _labels.Length;
        var least = Math.Max(3, n / 20);
        var (best, bestScore) = (-1, 0);
        for (var k = least; k <= n - least; k++)
        {
            var score = Math.Max(Score(sumA, sumB, k), Score(sumB, sumA, k));
            if (score > bestScore) (best, bestScore) = (k, score);
        }

        return bestScore > 0 ? best : -1;

        // Labels that are `first` before row k and `second` from it on; 0 unless either side is nearly pure.
        int Score(int[] first, int[] second, int k)
        {
            var (before, after) = (first[k], second[n] - second[k]);
            return before >= 0.9 * k && after >= 0.9 * (n - k) ? before + after : 0;
        }
    }

    /// <summary>Steps before and after the change, for the message.</summary>
    public (long Before, long After) Around(int change)
    {
        static long Commonest(IEnumerable<long> labels) => labels.GroupBy(l => l).MaxBy(g => g.Count())!.Key;
        return (Commonest(_labels.Take(change)), Commonest(_labels.Skip(change)));
    }

    private static long Label(long from, long to, bool clock)
    {
        var step = to - from;
        if (!clock || step < FourWeeks) return step;
        var (a, b) = (new DateTime(from), new DateTime(to));
        if (a.TimeOfDay != b.TimeOfDay) return step;
        var months = (12 * (b.Year - a.Year)) + b.Month - a.Month;
        return months > 0 && (a.Day == b.Day || (IsMonthEnd(a) && IsMonthEnd(b))) ? -months : step;
    }

    private static bool IsMonthEnd(DateTime t) => t.Day == DateTime.DaysInMonth(t.Year, t.Month);

    private int[] Sums(long label)
    {
        var sums = new int[_labels.Length + 1];
        for (var i = 0; i < _labels.Length; i++) sums[i + 1] = sums[i] + (_labels[i] == label ? 1 : 0);
        return sums;
    }
}
