using System.Globalization;

namespace SsdForecast.Data;

/// <summary>Writes times as short as they are exact.</summary>
internal static class TimeText
{
    public static string Of(DateTime t) => t.ToString(
        t.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : t.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-dd HH:mm:ss.FFFFFFF",
        CultureInfo.InvariantCulture);
}
