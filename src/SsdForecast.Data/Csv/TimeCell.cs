using System.Buffers.Text;

namespace SsdForecast.Data;

/// <summary>
/// Reads times from UTF-8 text without allocating. Each method takes one form and says no to anything else; which form a column has is decided
/// by <see cref="TimeForm"/>.
/// </summary>
internal static class TimeCell
{
    /// <summary>
    /// Year first: <c>2020-01-31</c>, <c>1990/1/1 0:00</c>, <c>2020-01-31T23:59:59.123Z</c>, <c>…+01:00</c>, <c>2020-01</c>. Separators <c>-</c> or <c>/</c>,
    /// or <c>.</c> in a full date. <paramref name="zoned"/>: an offset was given and <paramref name="ticks"/> are UTC.
    /// </summary>
    public static bool TryYearFirst(ReadOnlySpan<byte> s, out long ticks, out bool zoned)
    {
        ticks = 0;
        zoned = false;
        if (!Digits(ref s, 4, 4, out var year) || !Separator(ref s, out var separator) || !Digits(ref s, 1, 2, out var month)) return false;
        var day = 1;
        if (s.IsEmpty)
        {
            if (separator == '.') return false;
        }
        else if (s[0] != separator || !Skip(ref s) || !Digits(ref s, 1, 2, out day))
        {
            return false;
        }

        return TryDate(year, month, day, out ticks) && TryTimeOfDay(s, ref ticks, out zoned);
    }

    /// <summary>Day or month first: <c>31/1/2020 13:00</c>, <c>1/31/2020 1:00 PM</c>, <c>31.01.2020</c>.</summary>
    public static bool TryYearLast(ReadOnlySpan<byte> s, bool dayFirst, out long ticks, out bool zoned)
    {
        ticks = 0;
        zoned = false;
        if (!Digits(ref s, 1, 2, out var first) || !Separator(ref s, out var separator) || !Digits(ref s, 1, 2, out var second)) return false;
        if (s.IsEmpty || s[0] != separator || !Skip(ref s) || !Digits(ref s, 4, 4, out var year)) return false;
        // A dot separates dates only where days come first.
        if (separator == '.' && !dayFirst) return false;
        return TryDate(year, dayFirst ? second : first, dayFirst ? first : second, out ticks) && TryTimeOfDay(s, ref ticks, out zoned);
    }

    /// <summary>A quarter: <c>2020Q1</c>, <c>2020-Q1</c>, <c>2020 Q1</c>; its first day.</summary>
    public static bool TryQuarter(ReadOnlySpan<byte> s, out long ticks)
    {
        ticks = 0;
        if (!Digits(ref s, 4, 4, out var year)) return false;
        if (!s.IsEmpty && s[0] is (byte)'-' or (byte)' ') Skip(ref s);
        return s.Length == 2 && s[0] is (byte)'Q' or (byte)'q' && s[1] is >= (byte)'1' and <= (byte)'4'
            && TryDate(year, (3 * (s[1] - '1')) + 1, 1, out ticks);
    }

    /// <summary>A date in eight digits: <c>20200131</c>.</summary>
    public static bool TryCompact(ReadOnlySpan<byte> s, out long ticks)
    {
        ticks = 0;
        return s.Length == 8 && Digits(ref s, 8, 8, out var n) && TryDate(n / 10000, n / 100 % 100, n % 100, out ticks);
    }

    /// <summary>A year from 1500 to 2200; its first day.</summary>
    public static bool TryYear(ReadOnlySpan<byte> s, out long ticks)
    {
        ticks = 0;
        return s.Length == 4 && Digits(ref s, 4, 4, out var year) && year is >= 1500 and <= 2200 && TryDate(year, 1, 1, out ticks);
    }

    /// <summary>Seconds since 1 January 1970 UTC, fractions allowed.</summary>
    public static bool TryEpochSeconds(ReadOnlySpan<byte> s, out long ticks)
    {
        ticks = 0;
        if (Utf8Parser.TryParse(s, out long whole, out var used) && used == s.Length) return FromEpoch(whole, TimeSpan.TicksPerSecond, out ticks);
        if (!Utf8Parser.TryParse(s, out decimal seconds, out used) || used != s.Length || Math.Abs(seconds) > 100_000_000_000m) return false;
        return FromEpoch((long)Math.Round(seconds * TimeSpan.TicksPerSecond), 1, out ticks);
    }

    /// <summary>Milliseconds since 1 January 1970 UTC.</summary>
    public static bool TryEpochMilliseconds(ReadOnlySpan<byte> s, out long ticks)
    {
        ticks = 0;
        return Utf8Parser.TryParse(s, out long whole, out var used) && used == s.Length && FromEpoch(whole, TimeSpan.TicksPerMillisecond, out ticks);
    }

    /// <summary>Whether the text is a time of day without a date: <c>13:00</c>, <c>1:00:00 PM</c>.</summary>
    public static bool IsTimeOfDay(ReadOnlySpan<byte> s)
    {
        long ticks = TimeSpan.TicksPerDay;
        Span<byte> padded = stackalloc byte[Math.Min(s.Length, 40) + 1];
        padded[0] = (byte)' ';
        s[..(padded.Length - 1)].CopyTo(padded[1..]);
        return s.Length is > 3 and < 40 && s.Contains((byte)':') && TryTimeOfDay(padded, ref ticks, out _);
    }

    private static bool FromEpoch(long count, long ticksEach, out long ticks)
    {
        ticks = 0;
        if (Math.Abs((double)count * ticksEach) > 3e18) return false;
        ticks = DateTime.UnixEpoch.Ticks + (count * ticksEach);
        return ticks >= 0 && ticks <= DateTime.MaxValue.Ticks;
    }

    private static bool TryTimeOfDay(ReadOnlySpan<byte> s, ref long ticks, out bool zoned)
    {
        zoned = false;
        if (s.IsEmpty) return true;
        if (s[0] is not ((byte)' ' or (byte)'T' or (byte)'t')) return false;
        s = s[1..].TrimStart((byte)' ');
        if (!Digits(ref s, 1, 2, out var hour) || s.IsEmpty || s[0] != ':' || !Skip(ref s) || !Digits(ref s, 2, 2, out var minute)) return false;
        var second = 0;
        long fraction = 0;
        if (!s.IsEmpty && s[0] == ':')
        {
            Skip(ref s);
            if (!Digits(ref s, 2, 2, out second)) return false;
            if (!s.IsEmpty && s[0] is (byte)'.' or (byte)',' && !Fraction(ref s, out fraction)) return false;
        }

        if (!Meridiem(ref s, ref hour) || hour > 23 || minute > 59 || second > 59) return false;
        ticks += (((((hour * 60L) + minute) * 60) + second) * TimeSpan.TicksPerSecond) + fraction;
        return Offset(s.Trim((byte)' '), ref ticks, out zoned);
    }

    private static bool Meridiem(ref ReadOnlySpan<byte> s, ref int hour)
    {
        var rest = s.TrimStart((byte)' ');
        if (rest.Length != 2 || (rest[1] | 0x20) != 'm' || (rest[0] | 0x20) is not ('a' or 'p')) return true;
        if (hour is < 1 or > 12) return false;
        hour = (hour % 12) + ((rest[0] | 0x20) == 'p' ? 12 : 0);
        s = [];
        return true;
    }

    private static bool Offset(ReadOnlySpan<byte> s, ref long ticks, out bool zoned)
    {
        zoned = !s.IsEmpty;
        if (!zoned || s is [(byte)'Z'] or [(byte)'z'] || s.SequenceEqual("UTC"u8) || s.SequenceEqual("GMT"u8)) return true;
        var sign = s[0] == '+' ? 1 : s[0] == '-' ? -1 : 0;
        Skip(ref s);
        if (sign == 0 || !Digits(ref s, 2, 2, out var hours)) return false;
        if (!s.IsEmpty && s[0] == ':') Skip(ref s);
        var minutes = 0;
        if (!s.IsEmpty && !Digits(ref s, 2, 2, out minutes)) return false;
        if (!s.IsEmpty || hours > 14 || minutes > 59) return false;
        ticks -= sign * ((hours * 60L) + minutes) * TimeSpan.TicksPerMinute;
        return ticks >= 0;
    }

    private static bool TryDate(int year, int month, int day, out long ticks)
    {
        ticks = 0;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        ticks = new DateTime(year, month, day).Ticks;
        return true;
    }

    // Up to seven digits count; a clock resolves no more.
    private static bool Fraction(ref ReadOnlySpan<byte> s, out long ticks)
    {
        Skip(ref s);
        ticks = 0;
        var digits = 0;
        var unit = TimeSpan.TicksPerSecond / 10;
        for (; digits < s.Length && s[digits] is >= (byte)'0' and <= (byte)'9'; digits++, unit /= 10) ticks += (s[digits] - '0') * unit;
        s = s[digits..];
        return digits > 0;
    }

    private static bool Separator(ref ReadOnlySpan<byte> s, out byte separator)
    {
        separator = s.IsEmpty ? (byte)0 : s[0];
        return separator is (byte)'-' or (byte)'/' or (byte)'.' && Skip(ref s);
    }

    private static bool Skip(ref ReadOnlySpan<byte> s)
    {
        s = s[1..];
        return true;
    }

    private static bool Digits(ref ReadOnlySpan<byte> s, int least, int most, out int value)
    {
        value = 0;
        var n = 0;
        for (; n < most && n < s.Length && s[n] is >= (byte)'0' and <= (byte)'9'; n++) value = (10 * value) + (s[n] - '0');
        s = s[n..];
        return n >= least;
    }
}
