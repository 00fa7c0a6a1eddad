namespace SsdForecast.Reports;

/// <summary>
/// A matrix as coloured cells, for small matrices such as a mixing matrix: row 0 on top, column 0 at the left, cell <c>(r, c)</c> centred
/// at <c>x = c</c>, <c>y = r</c>. Strength of colour is magnitude; values below zero take the second tone.
/// </summary>
public sealed record HeatmapLayer : Layer
{
    /// <summary>The most cells that are drawn; a larger matrix is refused, since a picture of it would be noise.</summary>
    public const int MaxCells = 40_000;

    /// <summary>Makes a heat map.</summary>
    /// <param name="values">The matrix, shape <c>(rows, columns)</c>; NaN is left blank.</param>
    /// <exception cref="ArgumentException">The matrix is empty or has more than <see cref="MaxCells"/> cells.</exception>
    public HeatmapLayer(string? name, double[,] values, Tone tone = Tone.Blue) : base(name, tone)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length is 0 or > MaxCells)
            throw new ArgumentException($"a heat map draws 1 to {MaxCells} cells, not {values.Length}; cut or average the matrix", nameof(values));
        Values = values;
    }

    /// <summary>The matrix, shape <c>(rows, columns)</c>.</summary>
    public double[,] Values { get; }

    /// <summary>The colour of values below zero.</summary>
    public Tone NegativeTone { get; init; } = Tone.Vermilion;
}
