namespace SsdForecast.Streaming;

/// <summary>How a <see cref="SeriesMonitor"/> keeps up with the world. The defaults suit streams of some thousand events and more.</summary>
public sealed record MonitorOptions
{
    /// <summary>
    /// Step of the adaptive conformal correction of each quantile, as a part of the running mean absolute error: that of the faster of two trackers
    /// (<see cref="TrackerPair"/>), larger follows changes sooner. 0 leaves the quantiles as the model gives them. Default 0.2.
    /// </summary>
    public double CalibrationRate { get; init; } = 0.2;

    /// <summary>A value is an anomaly if its two-sided p-value is below this. Default 1e-4.</summary>
    public double AnomalyLevel { get; init; } = 1e-4;

    /// <summary>
    /// Shape of the tails beyond the outermost quantiles, the ξ of a generalised Pareto distribution: 0 is exponential, larger is heavier. Default 0.2.
    /// </summary>
    public double TailShape { get; init; } = 0.2;

    /// <summary>
    /// How far the mean error may rise before it counts, in standard deviations of the error: the δ of Page-Hinkley. Default 0.5.
    /// </summary>
    public double DriftTolerance { get; init; } = 0.5;

    /// <summary>The sum of excess error, in standard deviations, at which drift is reported: the λ of Page-Hinkley; 0 watches for none. Default 25.</summary>
    public double DriftThreshold { get; init; } = 25;

    /// <summary>Errors to see before drift can be reported. Default 100.</summary>
    public int DriftWarmUp { get; init; } = 100;

    /// <summary>
    /// Forgetting factor of the recursive least squares that adapts the head to a series, in (0.9, 1]; 0 adapts nothing. Default 0.
    /// It takes <c>(d_model + 1)² + d_model + 3</c> floats a series, far more than everything else here. A usual value is 0.999.
    /// </summary>
    public double AdaptationForgetting { get; init; }

    /// <summary>The furthest that adaptation may move a forecast, in units of the window's scale <c>σ_t</c>. Default 1.</summary>
    public double AdaptationBound { get; init; } = 1;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value out of range; the message is one line and begins with its name.</exception>
    public void Validate()
    {
        Require(CalibrationRate is >= 0 and <= 1, nameof(CalibrationRate), CalibrationRate, "is not between 0 and 1");
        Require(AnomalyLevel is > 0 and < 1, nameof(AnomalyLevel), AnomalyLevel, "is not between 0 and 1");
        Require(TailShape is >= 0 and < 1, nameof(TailShape), TailShape, "is not in [0, 1)");
        Require(DriftTolerance is >= 0 and <= 10, nameof(DriftTolerance), DriftTolerance, "is not between 0 and 10");
        Require(DriftThreshold is >= 0 and <= 1e6, nameof(DriftThreshold), DriftThreshold, "is not between 0 and 1e6");
        Require(DriftWarmUp is >= 10 and <= 10_000, nameof(DriftWarmUp), DriftWarmUp, "is not between 10 and 10000");
        Require(AdaptationForgetting is 0 or (> 0.9 and <= 1), nameof(AdaptationForgetting), AdaptationForgetting, "is neither 0 nor in (0.9, 1]");
        Require(AdaptationBound is > 0 and <= 100, nameof(AdaptationBound), AdaptationBound, "is not in (0, 100]");
    }

    private static void Require(bool holds, string name, double value, string problem)
    {
        if (!holds) throw new ArgumentException($"{name}: {value.ToString(System.Globalization.CultureInfo.InvariantCulture)} {problem}");
    }
}
