using System.Globalization;

namespace SsdForecast.Data;

/// <summary>What stands under a table of models whose <see cref="MetricRow.Mase"/> leaves series out.</summary>
public static class MaseNote
{
    /// <summary>One sentence, without its full stop, on the series that the MASE leaves out; null where it leaves out none.</summary>
    /// <param name="rows">The rows of the table, of the same series.</param>
    public static string? Of(IReadOnlyList<MetricRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var unscaled = rows.Select(r => r.UnscaledSeries).DefaultIfEmpty(0).Max();
        if (unscaled == 0) return null;
        return rows.Any(r => double.IsFinite(r.Mase))
            ? string.Create(CultureInfo.InvariantCulture, $"The MASE leaves out {unscaled:N0} series whose training rows are flat or fewer than a season: there is nothing to scale by")
            : "The MASE is undefined: the training rows are flat or fewer than a season, so there is nothing to scale by";
    }
}
