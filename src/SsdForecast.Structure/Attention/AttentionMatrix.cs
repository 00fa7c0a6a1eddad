namespace SsdForecast.Structure;

/// <summary>Causal attention matrices, <c>(T, T)</c>, lower triangular, from queries and keys <c>(T, d)</c>.</summary>
public static class AttentionMatrix
{
    /// <summary>Linear attention, <c>q_i · k_j</c>: every block on or below the diagonal has rank at most <c>d</c>.</summary>
    public static double[,] Linear(double[,] q, double[,] k)
    {
        Check(q, k);
        return Causal(q.GetLength(0), (i, j) => Dot(q, k, i, j));
    }

    /// <summary>Uniform attention, <c>1 / (i + 1)</c>: full rank as a whole, which shows nothing, and rank 1 below the diagonal.</summary>
    public static double[,] Uniform(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        return Causal(length, (i, _) => 1.0 / (i + 1));
    }

    /// <summary>Causal softmax attention, <c>exp(β q_i · k_j)</c> over the sum of its row.</summary>
    /// <param name="beta">The inverse temperature, commonly <c>1/√d</c>.</param>
    public static double[,] Softmax(double[,] q, double[,] k, double beta)
    {
        Check(q, k);
        if (!double.IsFinite(beta)) throw new ArgumentOutOfRangeException(nameof(beta), $"beta is {beta}; it must be finite");
        var m = Causal(q.GetLength(0), (i, j) => beta * Dot(q, k, i, j));
        for (var i = 0; i < m.GetLength(0); i++)
        {
            var (largest, sum) = (double.NegativeInfinity, 0.0);
            for (var j = 0; j <= i; j++) largest = Math.Max(largest, m[i, j]);
            for (var j = 0; j <= i; j++) sum += m[i, j] = Math.Exp(m[i, j] - largest);
            for (var j = 0; j <= i; j++) m[i, j] /= sum;
        }

        return m;
    }

    /// <summary>
    /// The numerical rank of the corner <c>M[T/2:, :T/2]</c>. Everything that later rows know of earlier ones goes through it, so it bounds from
    /// below the state of any recurrence with this matrix.
    /// </summary>
    /// <param name="m">A matrix, <c>(T, T)</c>.</param>
    /// <param name="tolerance">A singular value counts if it is more than this times the largest.</param>
    public static int CornerRank(double[,] m, double tolerance)
    {
        ArgumentNullException.ThrowIfNull(m);
        var half = m.GetLength(0) / 2;
        var values = Svd.Values(m, half.., ..half);
        return Svd.CountAbove(values, tolerance * values.FirstOrDefault());
    }

    private static double[,] Causal(int n, Func<int, int, double> entry)
    {
        var m = new double[n, n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j <= i; j++) m[i, j] = entry(i, j);
        return m;
    }

    private static double Dot(double[,] q, double[,] k, int i, int j)
    {
        var sum = 0.0;
        for (var e = 0; e < q.GetLength(1); e++) sum += q[i, e] * k[j, e];
        return sum;
    }

    private static void Check(double[,] q, double[,] k)
    {
        ArgumentNullException.ThrowIfNull(q);
        ArgumentNullException.ThrowIfNull(k);
        Arguments.Shape(k, q.GetLength(0), q.GetLength(1), nameof(k));
        if (q.Length == 0) throw new ArgumentException("attention needs at least one row and one column", nameof(q));
        Arguments.Finite(q, nameof(q));
        Arguments.Finite(k, nameof(k));
    }
}
