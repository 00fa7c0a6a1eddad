namespace SsdForecast.Reports;

/// <summary>A central interval at every position.</summary>
/// <param name="Probability">The nominal probability that a value lies inside, in (0, 1).</param>
/// <param name="Lower">Lower ends, length <c>n</c>.</param>
/// <param name="Upper">Upper ends, length <c>n</c>.</param>
public sealed record Interval(double Probability, double[] Lower, double[] Upper);

/// <summary>A quantile fan: nested central intervals, the widest palest.</summary>
public sealed record BandLayer : Layer
{
    /// <summary>Makes a fan.</summary>
    /// <param name="x">Positions, ascending, length <c>n</c>.</param>
    /// <param name="intervals">Intervals in any order; kept from the widest to the narrowest.</param>
    /// <exception cref="ArgumentException">A length is not <c>n</c>.</exception>
    public BandLayer(string? name, double[] x, IEnumerable<Interval> intervals, Tone tone = Tone.Blue) : base(name, tone)
    {
        ArgumentNullException.ThrowIfNull(intervals);
        X = x;
        Intervals = [.. intervals.OrderByDescending(i => i.Probability)];
        foreach (var interval in Intervals)
        {
            CheckLengths(x, interval.Lower, nameof(intervals));
            CheckLengths(x, interval.Upper, nameof(intervals));
        }
    }

    /// <summary>Positions, length <c>n</c>.</summary>
    public double[] X { get; }

    /// <summary>The intervals, the widest first.</summary>
    public IReadOnlyList<Interval> Intervals { get; }
}
