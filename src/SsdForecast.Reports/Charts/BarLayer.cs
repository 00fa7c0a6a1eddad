namespace SsdForecast.Reports;

/// <summary>Bars from zero. On a category axis the bars of several layers stand side by side.</summary>
public sealed record BarLayer : Layer
{
    /// <summary>Makes bars.</summary>
    /// <param name="x">Centres, length <c>n</c>.</param>
    /// <param name="y">Heights, length <c>n</c>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public BarLayer(string? name, double[] x, double[] y, Tone tone = Tone.Blue) : base(name, tone)
    {
        CheckLengths(x, y, nameof(y));
        X = x;
        Y = y;
    }

    /// <summary>Centres, length <c>n</c>.</summary>
    public double[] X { get; }

    /// <summary>Heights, length <c>n</c>.</summary>
    public double[] Y { get; }

    /// <summary>Width in units of the axis; null: most of the smallest distance between two centres.</summary>
    public double? Width { get; init; }
}
