using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace SsdForecast.Data;

/// <summary>
/// The step of a regular series, such as 30 minutes or one month. Written as pandas writes it: <c>s</c>, <c>30min</c>, <c>h</c>, <c>D</c>,
/// <c>W</c>, <c>MS</c>, <c>QS</c>, <c>YS</c>, with a count before it where it is not 1, or <c>ordinal</c>.
/// </summary>
[JsonConverter(typeof(FrequencyJsonConverter))]
public readonly record struct Frequency
{
    /// <summary>A frequency of <paramref name="count"/> units.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="count">Units a step, at least 1; 1 for <see cref="FrequencyUnit.Ordinal"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is below 1, or not 1 for an ordinal frequency.</exception>
    public Frequency(FrequencyUnit unit, int count = 1)
    {
        if (count < 1 || (unit == FrequencyUnit.Ordinal && count != 1))
            throw new ArgumentOutOfRangeException(
                nameof(count),
                count,
                "A frequency counts at least one unit, and an ordinal one exactly one.");
        Unit = unit;
        Count = count;
    }

    /// <summary>The unit.</summary>
    public FrequencyUnit Unit { get; }

    /// <summary>Units a step.</summary>
    public int Count { get; }

    /// <summary>Numbered steps, without a clock.</summary>
    public static Frequency Ordinal => new(FrequencyUnit.Ordinal);

    /// <summary>One hour.</summary>
    public static Frequency Hourly => new(FrequencyUnit.Hour);

    /// <summary>One day.</summary>
    public static Frequency Daily => new(FrequencyUnit.Day);

    /// <summary>One calendar month.</summary>
    public static Frequency Monthly => new(FrequencyUnit.Month);

    /// <summary>Whether a step is a fixed span of time (seconds to weeks) and not a calendar step or a number.</summary>
    public bool IsFixed => Unit is >= FrequencyUnit.Second and <= FrequencyUnit.Week;

    /// <summary>
    /// The length of a step: exact for seconds to weeks; the mean length in the Gregorian calendar for months, quarters and years;
    /// <see cref="TimeSpan.Zero"/> for an ordinal frequency.
    /// </summary>
    public TimeSpan NominalStep => Unit switch
    {
        FrequencyUnit.Second => TimeSpan.FromSeconds(Count),
        FrequencyUnit.Minute => TimeSpan.FromMinutes(Count),
        FrequencyUnit.Hour => TimeSpan.FromHours(Count),
        FrequencyUnit.Day => TimeSpan.FromDays(Count),
        FrequencyUnit.Week => TimeSpan.FromDays(7L * Count),
        FrequencyUnit.Ordinal => TimeSpan.Zero,
        _ => TimeSpan.FromSeconds(365.2425 * 86400 / 12 * Months),
    };

    /// <summary>
    /// Season lengths in steps that are usual at this frequency, shortest first: the day and the week below a day, the week for days,
    /// the year for weeks to quarters; <c>[1]</c> where there is none.
    /// </summary>
    public IReadOnlyList<int> SeasonLengths => SeasonTable.For(this);

    internal int Months => Unit switch
    {
        FrequencyUnit.Month => Count,
        FrequencyUnit.Quarter => 3 * Count,
        FrequencyUnit.Year => 12 * Count,
        _ => 0,
    };

    /// <summary>
    /// The time <paramref name="steps"/> steps from <paramref name="from"/> (back for a negative number). Calendar units keep the day of the
    /// month, shortened where a month is shorter; the last day of a month stays the last day. Count from the start of a series, not step by
    /// step: 30 January + 2 months is 30 March, whereas one month twice passes through 28 February.
    /// </summary>
    /// <exception cref="InvalidOperationException">The frequency is ordinal.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The result lies outside the years 1 to 9999.</exception>
    public DateTime Add(DateTime from, long steps)
    {
        if (Unit == FrequencyUnit.Ordinal) throw new InvalidOperationException("An ordinal frequency has no times to add to.");
        if (IsFixed) return from.AddTicks(checked(NominalStep.Ticks * steps));
        var months = checked((int)(Months * steps));
        var to = from.AddMonths(months);
        var monthEnd = from.Day == DateTime.DaysInMonth(from.Year, from.Month);
        return monthEnd ? to.AddDays(DateTime.DaysInMonth(to.Year, to.Month) - to.Day) : to;
    }

    /// <summary>
    /// Whole steps from one time to another, to the nearest, and half a step is one more: a time has the same place on a grid from whichever of its times it
    /// is counted. Of calendar units whole months count: any day of February is one month after any day of January.
    /// </summary>
    /// <returns>Negative where <paramref name="to"/> is before <paramref name="from"/>.</returns>
    /// <exception cref="InvalidOperationException">The frequency is ordinal.</exception>
    public long StepsBetween(DateTime from, DateTime to)
    {
        if (Unit == FrequencyUnit.Ordinal) throw new InvalidOperationException("An ordinal frequency has no times to count between.");
        return IsFixed ? Nearest(to.Ticks - from.Ticks, NominalStep.Ticks) : Nearest((12 * (to.Year - from.Year)) + to.Month - from.Month, Months);
    }

    /// <summary>The whole number nearest to a quotient; the greater of two that are as near.</summary>
    internal static long Nearest(long value, long by)
    {
        var (quotient, rest) = Math.DivRem(value, by);
        if (rest < 0) (quotient, rest) = (quotient - 1, rest + by);
        return rest >= by - rest ? quotient + 1 : quotient;
    }

    /// <summary>The frequency of a fixed step, in the largest unit that divides it.</summary>
    /// <param name="step">A positive whole number of seconds.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is not a positive whole number of seconds, or is too long.</exception>
    public static Frequency FromStep(TimeSpan step)
    {
        if (step <= TimeSpan.Zero || step.Ticks % TimeSpan.TicksPerSecond != 0)
            throw new ArgumentOutOfRangeException(nameof(step), step, "A step is a positive whole number of seconds.");
        var seconds = step.Ticks / TimeSpan.TicksPerSecond;
        (FrequencyUnit Unit, long Seconds)[] units =
            [(FrequencyUnit.Week, 604800), (FrequencyUnit.Day, 86400), (FrequencyUnit.Hour, 3600), (FrequencyUnit.Minute, 60), (FrequencyUnit.Second, 1)];
        var (unit, length) = units.First(u => seconds % u.Seconds == 0);
        return new Frequency(unit, checked((int)(seconds / length)));
    }

    /// <summary>The frequency of a step of whole months, in the largest unit that divides it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one month.</exception>
    public static Frequency FromMonths(int months) =>
        months % 12 == 0 ? new(FrequencyUnit.Year, months / 12)
        : months % 3 == 0 ? new(FrequencyUnit.Quarter, months / 3)
        : new(FrequencyUnit.Month, months);

    /// <summary>Reads a frequency such as <c>30min</c>, <c>h</c>, <c>D</c>, <c>W</c>, <c>MS</c>, <c>QS</c>, <c>YS</c>, <c>s</c> or <c>ordinal</c>.</summary>
    /// <exception cref="FormatException">Not a frequency.</exception>
    public static Frequency Parse(string text) =>
        TryParse(text, out var frequency)
            ? frequency
            : throw new FormatException($"'{text}' is not a frequency. Write one like s, 30min, h, D, W, MS, QS, YS or ordinal.");

    /// <summary>Reads a frequency as <see cref="Parse"/> does; false where it is none. 60min is read as h, 7D as W, 12MS as YS.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Frequency frequency)
    {
        frequency = default;
        var s = text?.Trim() ?? "";
        if (s.Equals("ordinal", StringComparison.OrdinalIgnoreCase))
        {
            frequency = Ordinal;
            return true;
        }

        var digits = s.TakeWhile(char.IsAsciiDigit).Count();
        var count = 1;
        if (digits > 0 && !int.TryParse(s.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out count)) return false;
        if (count < 1 || count > 10_000_000 || !FrequencyNames.TryGetUnit(s[digits..].Trim(), out var unit)) return false;
        var raw = new Frequency(unit, count);
        frequency = raw.IsFixed ? FromStep(raw.NominalStep) : FromMonths(raw.Months);
        return true;
    }

    /// <summary>The frequency as <see cref="Parse"/> reads it.</summary>
    public override string ToString()
    {
        var name = FrequencyNames.Of(Unit);
        return Count <= 1 ? name : Count.ToString(CultureInfo.InvariantCulture) + name;
    }
}
