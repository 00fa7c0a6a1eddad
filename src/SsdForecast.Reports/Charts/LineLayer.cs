namespace SsdForecast.Reports;

/// <summary>The pattern of a line.</summary>
public enum LineDash
{
    /// <summary>Unbroken.</summary>
    Solid,

    /// <summary>Dashes.</summary>
    Dashed,

    /// <summary>Dots.</summary>
    Dotted,
}

/// <summary>A line through points in order of position. NaN breaks it; a point between two breaks is drawn as a dot.</summary>
public sealed record LineLayer : Layer
{
    /// <summary>Makes a line.</summary>
    /// <param name="x">Positions, ascending, length <c>n</c>.</param>
    /// <param name="y">Values, length <c>n</c>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public LineLayer(string? name, double[] x, double[] y, Tone tone = Tone.Blue) : base(name, tone)
    {
        CheckLengths(x, y, nameof(y));
        X = x;
        Y = y;
    }

    /// <summary>Positions, length <c>n</c>.</summary>
    public double[] X { get; }

    /// <summary>Values, length <c>n</c>.</summary>
    public double[] Y { get; }

    /// <summary>Line width in pixels.</summary>
    public double Width { get; init; } = 1.75;

    /// <summary>The pattern.</summary>
    public LineDash Dash { get; init; }

    /// <summary>Whether the value stands in the tooltip of its position, where positions are sparse enough for tooltips.</summary>
    public bool Tooltip { get; init; } = true;
}
