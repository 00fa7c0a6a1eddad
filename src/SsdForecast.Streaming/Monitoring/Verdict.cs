namespace SsdForecast.Streaming;

/// <summary>What a <see cref="SeriesMonitor"/> says of a value, by the forecast that was made before it came.</summary>
/// <param name="PValue">
/// Two-sided p-value under the calibrated predictive distribution, in (0, 1]: how often a value this far out is to be expected. NaN where there was no
/// forecast or no value.
/// </param>
/// <param name="Error">Value minus the forecast median, in raw units; NaN likewise.</param>
/// <param name="IsAnomaly">Whether <paramref name="PValue"/> is below <see cref="MonitorOptions.AnomalyLevel"/>.</param>
/// <param name="HasDrifted">Whether the mean error has risen for good, told once each time.</param>
public readonly record struct Verdict(double PValue, double Error, bool IsAnomaly, bool HasDrifted)
{
    /// <summary>No forecast or no value to judge.</summary>
    public static Verdict None => new(double.NaN, double.NaN, false, false) { DriftStatistic = double.NaN };

    /// <summary>
    /// The sum of excess error that Page-Hinkley holds against <see cref="MonitorOptions.DriftThreshold"/>, in standard deviations of the error, with this
    /// value; where it fired the sum that made it fire. NaN where there is no error.
    /// </summary>
    public double DriftStatistic { get; init; }

    /// <summary>Anomaly score, <c>−log10 p</c>: 0 for the most ordinary value, 4 for one in ten thousand. NaN where there is no p-value.</summary>
    public double Score => 0 - Math.Log10(PValue);
}
