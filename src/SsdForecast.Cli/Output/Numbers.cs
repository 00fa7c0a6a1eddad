using System.Globalization;

namespace SsdForecast.Cli.Output;

/// <summary>Numbers as a reader likes them, always with a point.</summary>
internal static class Numbers
{
    /// <summary>A score: four significant digits, <c>–</c> for none.</summary>
    public static string Score(double value)
    {
        if (!double.IsFinite(value)) return "–";
        var size = Math.Abs(value);
        var decimals = size == 0 ? 3 : Math.Clamp(3 - (int)Math.Floor(Math.Log10(size)), 0, 6);
        return value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    /// <summary>A part in percent, one decimal.</summary>
    public static string Percent(double part) => double.IsFinite(part) ? (100 * part).ToString("F1", CultureInfo.InvariantCulture) + " %" : "–";

    /// <summary>A count with thousands separated.</summary>
    public static string Count(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A relative error.</summary>
    public static string Relative(double value) => double.IsFinite(value) ? value.ToString("0.0e+0", CultureInfo.InvariantCulture) : "–";

    /// <summary>A duration: <c>42 s</c>, <c>3 min 05 s</c>, <c>2 h 10 min</c>.</summary>
    public static string Duration(TimeSpan span) => span.TotalSeconds < 10 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:F1} s")
        : span.TotalMinutes < 1 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:F0} s")
        : span.TotalHours < 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes} min {span.Seconds:00} s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours} h {span.Minutes:00} min");
}
