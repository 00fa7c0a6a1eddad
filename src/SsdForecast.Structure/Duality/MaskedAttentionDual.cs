namespace SsdForecast.Structure;

/// <summary>
/// Masked attention that equals a recurrence: <c>M = L ∘ (Q Kᵀ)</c>, with queries and keys of width <c>w</c> and the 1-semiseparable mask
/// <c>L_ij = a_i a_{i−1} … a_{j+1}</c>. The mask may carry scale, so that queries and keys stay of ordinary size where the matrix decays.
/// Source: Hu et al. 2025, arXiv 2510.04944; every existence claim here is checked by the tests.
/// </summary>
public sealed record MaskedAttentionDual
{
    internal MaskedAttentionDual(double[] mask, double[,] q, double[,] k) => (Mask, Q, K) = (mask, q, k);

    /// <summary><c>a_t</c>, length <c>T</c>; the first has nothing to act on. Zero at a cut.</summary>
    public double[] Mask { get; }

    /// <summary>Queries, <c>(T, w)</c>.</summary>
    public double[,] Q { get; }

    /// <summary>Keys, <c>(T, w)</c>.</summary>
    public double[,] K { get; }

    /// <summary>Width, <c>w</c>.</summary>
    public int Width => Q.GetLength(1);

    /// <summary><c>Σ |ln a_t|</c> over the mask that is not zero: how much range the mask takes off queries and keys.</summary>
    public double LogRange => Mask.Skip(1).Where(a => a != 0).Sum(a => Math.Abs(Math.Log(Math.Abs(a))));

    /// <summary>
    /// What one mask could not take off, as <c>ln</c> of a range: of a recurrence's modes relative to the slowest, or of a completion's products
    /// <c>max|Q_w| max|K_w|</c> over the matrix they make. Near 0 is well conditioned; beyond 36 (<c>ln 1/ε</c>) single modes are smaller than
    /// the rounding of others.
    /// </summary>
    public double Spread { get; internal init; }

    /// <summary>The matrix, <c>L ∘ (Q Kᵀ)</c>, <c>(T, T)</c>.</summary>
    public double[,] Reproduce()
    {
        var n = Mask.Length;
        var m = new double[n, n];
        for (var j = 0; j < n; j++)
        {
            var mask = 1.0;
            for (var i = j; i < n; i++)
            {
                if (i > j) mask *= Mask[i];
                if (mask == 0) break;
                var dot = 0.0;
                for (var w = 0; w < Width; w++) dot += Q[i, w] * K[j, w];
                m[i, j] = mask * dot;
            }
        }

        return m;
    }

    /// <summary>Whether a matrix has a dual.</summary>
    /// <param name="m">Lower triangular, <c>(T, T)</c>.</param>
    /// <param name="width">The width of the dual, 1 or more.</param>
    /// <param name="mask">The masks allowed.</param>
    /// <exception cref="ArgumentException">Not lower triangular or not finite, or an option out of range.</exception>
    public static DualDecision Decide(double[,] m, int width, MaskKind mask = MaskKind.General, StructureOptions? options = null)
    {
        DualDecision.CheckWidth(width);
        return Decision(DenseStructure.Analyse(m, options), width, mask);
    }

    /// <summary>Whether a recurrence has a dual; its matrix is not formed, O(T N³).</summary>
    /// <param name="width">The width of the dual, 1 or more.</param>
    /// <param name="mask">The masks allowed.</param>
    public static DualDecision Decide(LinearRecurrence model, int width, MaskKind mask = MaskKind.General, StructureOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        DualDecision.CheckWidth(width);
        var decision = Decision(RecurrenceStructure.Analyse(model, options), width, mask);
        // Transitions that have an inverse bound the new columns by N, even where decays differ so much that float64 loses track of some.
        return model is DiagonalSsm diagonal && DirectDual.Applies(diagonal, mask)
            ? decision with { Blocks = [.. decision.Blocks.Select(b => b with { NewColumns = Math.Min(b.NewColumns, model.StateSize) })] }
            : decision;
    }

    /// <summary>Builds a dual of a matrix, by completing its lower triangle to a matrix of least rank.</summary>
    /// <param name="m">Lower triangular, <c>(T, T)</c>.</param>
    /// <param name="width">The most that the width may be; the dual's is the least that exists.</param>
    /// <param name="mask">The masks allowed.</param>
    /// <exception cref="NoDualException">There is none of that width.</exception>
    /// <exception cref="ArgumentException">Not lower triangular or not finite, or an option out of range.</exception>
    public static MaskedAttentionDual Build(double[,] m, int width, MaskKind mask = MaskKind.General, StructureOptions? options = null)
    {
        Arguments.LowerTriangular(m, nameof(m));
        DualDecision.CheckWidth(width);
        return CompletionDual.Build(m, width, mask, options ?? new());
    }

    /// <summary>
    /// Builds a dual of a recurrence: directly if its transitions are diagonal and, at each step, all zero or none, and else from its matrix.
    /// </summary>
    /// <param name="width">The most that the width may be.</param>
    /// <param name="mask">The masks allowed.</param>
    /// <exception cref="NoDualException">There is none of that width, or float64 cannot hold it.</exception>
    public static MaskedAttentionDual Build(LinearRecurrence model, int width, MaskKind mask = MaskKind.General, StructureOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        DualDecision.CheckWidth(width);
        return model is DiagonalSsm diagonal && model.StateSize <= width && DirectDual.Applies(diagonal, mask)
            ? DirectDual.Build(diagonal, width, mask)
            : CompletionDual.Build(model.ToMatrix(), width, mask, options ?? new());
    }

    private static DualDecision Decision(SemiseparableStructure s, int width, MaskKind mask) =>
        new(width, mask, mask == MaskKind.General ? s.Blocks : [new SemiseparableBlock(0, s.Length, s.NewColumns)]);
}
