using System.Globalization;

namespace SsdForecast.Reports;

/// <summary>Numbers as text: short, honest to the step between ticks, with the true minus sign.</summary>
internal static class NumberFormat
{
    private static readonly (double Scale, string Suffix)[] Suffixes = [(1e12, "T"), (1e9, "G"), (1e6, "M")];

    /// <summary>A way to write ticks that lie <paramref name="step"/> apart and reach <paramref name="largest"/> in magnitude.</summary>
    public static Func<double, string> ForTicks(double largest, double step)
    {
        if (largest >= 1e15 || (step < 0.99e-4 && largest < 0.1)) return v => Scientific(v, Exponent(largest), step);
        foreach (var (scale, suffix) in Suffixes)
        {
            if (largest < scale) continue;
            var digits = Decimals(step / scale);
            if (digits <= 3) return v => v == 0 ? "0" : Fixed(v / scale, digits, true) + suffix;
        }
        var decimals = Decimals(step);
        return v => Fixed(v, decimals, true);
    }

    /// <summary>A value on its own, with about <paramref name="digits"/> significant digits.</summary>
    public static string Value(double value, int digits = 4)
    {
        if (!double.IsFinite(value)) return "–";
        var magnitude = Math.Abs(value);
        if (magnitude == 0) return "0";
        if (magnitude is >= 1e15 or < 1e-4) return Scientific(value, Exponent(magnitude), Math.Pow(10, Exponent(magnitude) - digits + 1));
        var decimals = Math.Clamp(digits - 1 - Exponent(magnitude), 0, 8);
        return Fixed(value, decimals, true);
    }

    /// <summary>As <see cref="Value"/>, without the zeros at the end that say nothing of a position or count: <c>1</c>, <c>0.05</c>.</summary>
    public static string Short(double value, int digits = 4)
    {
        var text = Value(value, digits);
        return text.Contains('.') && !text.Contains('×') ? text.TrimEnd('0').TrimEnd('.') : text;
    }

    /// <summary>A share as a percentage, such as <c>88.4 %</c>, with a space that does not break.</summary>
    public static string Percent(double share, int decimals = 1) =>
        double.IsFinite(share) ? Fixed(share * 100, decimals, false) + "\u00A0%" : "–";

    /// <summary>A count with thousands separators.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number with a fixed count of decimals and the true minus sign.</summary>
    public static string Fixed(double value, int decimals, bool thousands)
    {
        if (!double.IsFinite(value)) return "–";
        var text = value.ToString((thousands ? "N" : "F") + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        if (!text.StartsWith('-')) return text;
        return text.AsSpan(1).ContainsAnyExcept("0.,") ? "−" + text[1..] : text[1..]; // no minus zero
    }

    /// <summary>The power of ten of the leading digit.</summary>
    public static int Exponent(double magnitude) => magnitude > 0 ? (int)Math.Floor(Math.Log10(magnitude) + 1e-12) : 0;

    private static int Decimals(double step) => step > 0 ? Math.Clamp(-Exponent(step), 0, 12) : 0;

    private static string Scientific(double value, int exponent, double step)
    {
        if (value == 0) return "0";
        var decimals = Math.Clamp(exponent - Exponent(step), 0, 6);
        // Two divisions, since 10^exponent itself may underflow.
        var mantissa = exponent < -200 ? value * 1e200 / Math.Pow(10, exponent + 200) : value / Math.Pow(10, exponent);
        return $"{Fixed(mantissa, decimals, false)}×10{Superscript(exponent)}";
    }

    /// <summary>An integer in superscript characters.</summary>
    public static string Superscript(int value) => string.Concat(value.ToString(CultureInfo.InvariantCulture).Select(c => c switch
    {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        _ => (char)('⁰' + (c - '0')),
    }));
}
