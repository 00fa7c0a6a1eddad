using SsdForecast.Data;

namespace SsdForecast.Reports;

/// <summary>What one picture of forecast against actual shows: one window, or a stretch of one-step forecasts.</summary>
internal sealed record ForecastPanel
{
    public required string SeriesId { get; init; }

    /// <summary>Positions of the forecasts, seconds or rows, length <c>n</c>.</summary>
    public required double[] X { get; init; }

    /// <summary>Whether positions are times.</summary>
    public required bool HasTimes { get; init; }

    /// <summary>The forecasts quoted as one number, length <c>n</c>.</summary>
    public required double[] Median { get; init; }

    /// <summary>Central intervals.</summary>
    public required IReadOnlyList<Interval> Intervals { get; init; }

    /// <summary>What happened, length <c>n</c>; NaN where it is not known.</summary>
    public required double[] Actual { get; init; }

    /// <summary>What was known before: positions.</summary>
    public required double[] HistoryX { get; init; }

    /// <summary>What was known before: values.</summary>
    public required double[] HistoryY { get; init; }

    /// <summary>The position of the last value that the forecast knew; NaN when each forecast knew the value just before it.</summary>
    public required double OriginX { get; init; }

    /// <summary>The mean absolute error, in the units of the report's error scale; NaN without actual values.</summary>
    public required double Error { get; init; }

    /// <summary>Whether this is a stretch of one-step forecasts.</summary>
    public bool IsStretch => double.IsNaN(OriginX);

    public bool HasActual => Actual.Any(double.IsFinite);

    /// <summary>Where the forecast starts, in words.</summary>
    public string Start
    {
        get
        {
            var x = IsStretch ? X[0] : OriginX;
            return HasTimes ? ChartTime.FromX(x).ToString("d MMM yyyy HH:mm", System.Globalization.CultureInfo.InvariantCulture).Replace(" 00:00", "", StringComparison.Ordinal) : $"row {NumberFormat.Count((long)x)}";
        }
    }
}
