namespace SsdForecast.Structure;

/// <summary>What counts as zero in an analysis of structure.</summary>
public sealed record StructureOptions
{
    /// <summary>
    /// A singular value counts toward the exact rank if it is more than this times the largest of its block. Default null: <c>4 T ε</c>,
    /// <c>ε = 2⁻⁵²</c>, which is what rounding in float64 leaves of a zero.
    /// </summary>
    public double? Tolerance { get; init; }

    /// <summary>The tolerances of the ε-rank profiles, each in (0, 1). Default 1e-3, 1e-6, 1e-9.</summary>
    public IReadOnlyList<double> RankTolerances { get; init; } = [1e-3, 1e-6, 1e-9];

    /// <summary>
    /// How rows and columns are scaled first; no scaling changes the rank of a block, but it shows what decay hides from float64. Default null:
    /// <see cref="Structure.Scaling.Of(double[,])"/>. With <see cref="Structure.Scaling.None"/> the singular values are those of the matrix itself.
    /// </summary>
    public Scaling? Scaling { get; init; }

    /// <summary>
    /// For a dense matrix: entries of at most this times the largest are zeros. Default 0: entries are taken at their word. Set it for a matrix
    /// whose zeros are the result of a computation.
    /// </summary>
    public double ZeroTolerance { get; init; }

    internal double ToleranceFor(int length) => Tolerance ?? 4 * length * Math.ScaleB(1, -52);

    internal void Validate(int length)
    {
        if (Tolerance is { } t && !(t is >= 0 and < 1)) throw new ArgumentException($"the tolerance is {t}; it must lie in [0, 1)");
        if (!(ZeroTolerance is >= 0 and < 1)) throw new ArgumentException($"the zero tolerance is {ZeroTolerance}; it must lie in [0, 1)");
        ArgumentNullException.ThrowIfNull(RankTolerances);
        foreach (var r in RankTolerances)
            if (!(r is > 0 and < 1)) throw new ArgumentException($"the rank tolerance {r} does not lie in (0, 1)");
        if (Scaling is { } s && s.Length != length) throw new ArgumentException($"the scaling has {s.Length} rows for a matrix of {length}");
    }
}
