namespace SsdForecast.Structure;

/// <summary>A level and the quantile there.</summary>
/// <param name="Level">In [0, 1]; 0 and 1 are the ends.</param>
/// <param name="Value">The quantile.</param>
public sealed record DecayQuantile(double Level, double Value);

/// <summary>The order that a head uses at a tolerance.</summary>
/// <param name="Tolerance">A fraction of the largest Hankel singular value.</param>
/// <param name="Order">The most singular values above it at one step.</param>
public sealed record OrderUsed(double Tolerance, int Order);

/// <summary>What one head of a trained model does on a window of a real series.</summary>
public sealed record HeadReport
{
    /// <summary>Layer, from 0.</summary>
    public required int Layer { get; init; }

    /// <summary>Head, from 0.</summary>
    public required int Head { get; init; }

    /// <summary>The decay rate <c>A</c>, negative.</summary>
    public required double A { get; init; }

    /// <summary>The weight <c>D</c> of the way around the recurrence.</summary>
    public required double Skip { get; init; }

    /// <summary>Root mean square of the mixing matrix's rows: how much the recurrence adds, to compare with <see cref="Skip"/>.</summary>
    public required double Gain { get; init; }

    /// <summary>The decay spectrum: quantiles of <c>exp(dt_t A)</c>, what is kept from one step to the next, over the window.</summary>
    public required IReadOnlyList<DecayQuantile> Decay { get; init; }

    /// <summary>
    /// Effective memory in steps: how far one must go back from a row until what is kept falls below 1/e; median over the rows. Null where nothing
    /// decays.
    /// </summary>
    public required double? MemorySteps { get; init; }

    /// <summary>Whether the memory is longer than most rows of the window can show, and was continued at the window's mean rate.</summary>
    public required bool MemoryExtrapolated { get; init; }

    /// <summary>The energy-weighted lag <c>Σ (i − j) M_ij² / Σ M_ij²</c>: the distance that the mixing matrix looks back, in steps. Null where it is zero.</summary>
    public required double? MeanLag { get; init; }

    /// <summary>The order used of the state's <c>N</c>, at several tolerances.</summary>
    public required IReadOnlyList<OrderUsed> OrdersUsed { get; init; }

    /// <summary>The least state that keeps 99 % of the Hankel energy.</summary>
    public required int ReducedOrder { get; init; }

    /// <summary>Hankel singular values: the largest of each rank over the window's rows, relative to the first.</summary>
    public required IReadOnlyList<double> HankelValues { get; init; }

    /// <summary>The least width of masked attention that equals the head on this window: its new columns, up to rounding.</summary>
    public required int DualWidth { get; init; }

    /// <summary>Cuts: rows at which the head forgets everything, since its decay underflows.</summary>
    public required int Cuts { get; init; }

    /// <summary><c>Σ |ln a_t|</c>: the range that the mask carries, in which a single unscaled product <c>Q Kᵀ</c> would lose its digits beyond 36.</summary>
    public required double LogRange { get; init; }

    /// <summary>
    /// The mixing matrix without skip, row by row; each number is the entry of largest size in its cell of rows and columns, and rows have their cells up
    /// to the diagonal.
    /// </summary>
    public required IReadOnlyList<double[]> Mixing { get; init; }

    /// <summary>The order used at a tolerance of <see cref="OrdersUsed"/>.</summary>
    public int OrderAt(double tolerance) => OrdersUsed.First(o => o.Tolerance == tolerance).Order;
}
