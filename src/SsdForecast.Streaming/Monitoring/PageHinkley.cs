namespace SsdForecast.Streaming;

/// <summary>
/// Page-Hinkley test for a rise of a mean (Page 1954; Hinkley 1971): the part of each value that lies more than a tolerance above the running mean adds up,
/// never below zero, and the test fires when the sum passes a threshold. Values are standardised by their own running mean and deviation, and cut at
/// <see cref="Cut"/> deviations: a single outlier is an anomaly and not drift.
/// </summary>
/// <remarks>A plain value of 16 bytes, so that it lies in a slab beside a state.</remarks>
public struct PageHinkley
{
    /// <summary>The most that one value can add, in standard deviations.</summary>
    public const float Cut = 5;

    /// <summary>The running mean and deviation forget what lies further back than about this many values.</summary>
    public const float Memory = 10_000;

    /// <summary>Values seen since the last time that it fired, <see cref="Memory"/> at most.</summary>
    public float Count;

    /// <summary>Their running mean.</summary>
    public float Mean;

    /// <summary>Their running variance.</summary>
    public float Variance;

    /// <summary>The sum of excess.</summary>
    public float Sum;

    /// <summary>Takes a value.</summary>
    /// <returns>Whether the test fires; it then begins anew.</returns>
    public bool Update(double value, MonitorOptions options) => Update(value, options, out _);

    /// <summary>Takes a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="options">Tolerance, threshold and warm-up.</param>
    /// <param name="statistic">The sum of excess with this value, in standard deviations: what was held against the threshold.</param>
    /// <returns>Whether the test fires; it then begins anew.</returns>
    public bool Update(double value, MonitorOptions options, out double statistic)
    {
        var warm = Count >= options.DriftWarmUp;
        var deviation = Math.Sqrt(Variance);
        if (warm && deviation > 0)
        {
            var standard = Math.Min((value - Mean) / deviation, Cut);
            Sum = (float)Math.Max(0, Sum + standard - options.DriftTolerance);
            if (Sum > options.DriftThreshold)
            {
                statistic = Sum;
                this = default;
                return true;
            }
        }

        statistic = Sum;
        // An outlier must not stretch the yardstick either.
        if (warm) value = Math.Min(value, Mean + (Cut * deviation));
        Count = Math.Min(Count + 1, Memory);
        var delta = value - Mean;
        Mean += (float)(delta / Count);
        Variance += (float)(((delta * (value - Mean)) - Variance) / Count);
        return false;
    }
}
