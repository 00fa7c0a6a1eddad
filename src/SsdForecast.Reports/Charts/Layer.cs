namespace SsdForecast.Reports;

/// <summary>One thing that a chart draws. Coordinates that are NaN, infinite or beyond 1e300 are missing: nothing is drawn there, and a line breaks.</summary>
public abstract record Layer
{
    private protected Layer(string? name, Tone tone)
    {
        Name = name;
        Tone = tone;
    }

    /// <summary>The name in the legend; null: not listed.</summary>
    public string? Name { get; init; }

    /// <summary>Its place in the legend, lowest first; layers of equal rank stand in drawing order.</summary>
    public int LegendRank { get; init; }

    /// <summary>The colour.</summary>
    public Tone Tone { get; init; }

    /// <summary>How opaque, 0 to 1.</summary>
    public double Opacity { get; init; } = 1;

    private protected static void CheckLengths(double[] x, double[] y, string name)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (x.Length != y.Length) throw new ArgumentException($"{y.Length} values for {x.Length} positions", name);
    }
}
