namespace SsdForecast.Reports;

/// <summary>Points.</summary>
public sealed record PointLayer : Layer
{
    /// <summary>Makes points.</summary>
    /// <param name="x">Positions, length <c>n</c>.</param>
    /// <param name="y">Values, length <c>n</c>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public PointLayer(string? name, double[] x, double[] y, Tone tone = Tone.Ink) : base(name, tone)
    {
        CheckLengths(x, y, nameof(y));
        X = x;
        Y = y;
    }

    /// <summary>Positions, length <c>n</c>.</summary>
    public double[] X { get; }

    /// <summary>Values, length <c>n</c>.</summary>
    public double[] Y { get; }

    /// <summary>Radius in pixels.</summary>
    public double Radius { get; init; } = 2.5;
}
