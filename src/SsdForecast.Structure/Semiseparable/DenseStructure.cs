namespace SsdForecast.Structure;

/// <summary>
/// The structure of a causal matrix by its definition: two singular value decompositions for every row, O(T⁴). The readable counterpart of
/// <see cref="RecurrenceStructure"/>; comfortable to <c>T</c> = 256.
/// </summary>
public static class DenseStructure
{
    /// <summary>Analyses a matrix.</summary>
    /// <param name="m">Lower triangular, <c>(T, T)</c>.</param>
    /// <exception cref="ArgumentException">Not square, not lower triangular, not finite, or an option out of range.</exception>
    public static SemiseparableStructure Analyse(double[,] m, StructureOptions? options = null)
    {
        Arguments.LowerTriangular(m, nameof(m));
        options ??= new();
        var n = m.GetLength(0);
        options.Validate(n);
        m = WithoutNoise(m, options.ZeroTolerance);
        var scaling = options.Scaling ?? Scaling.Of(m);
        var cuts = Cuts(m);
        var scaled = scaling.Apply(m);
        var profile = new ProfileBuilder(n, options, scaling);
        for (var t = 0; t < n; t++)
        {
            var values = Svd.Values(scaled, t.., ..(t + 1));
            profile.Add(t, values, Svd.Values(scaled, t.., ..t), 0, cuts.Contains(t));
        }

        return profile.Build();
    }

    /// <summary>The rows <c>t &gt; 0</c> with <c>M[t:, :t] = 0</c>, ascending. O(T²).</summary>
    internal static IReadOnlySet<int> Cuts(double[,] m)
    {
        var cuts = new SortedSet<int>();
        var first = int.MaxValue;
        for (var t = m.GetLength(0) - 1; t > 0; t--)
        {
            for (var j = 0; j < t; j++)
            {
                if (m[t, j] == 0) continue;
                first = Math.Min(first, j);
                break;
            }

            // No row from t on begins before column t.
            if (first >= t) cuts.Add(t);
        }

        return cuts;
    }

    internal static double[,] WithoutNoise(double[,] m, double tolerance)
    {
        if (tolerance == 0) return m;
        var largest = 0.0;
        foreach (var x in m) largest = Math.Max(largest, Math.Abs(x));
        var clean = (double[,])m.Clone();
        for (var i = 0; i < m.GetLength(0); i++)
            for (var j = 0; j <= i; j++)
                if (Math.Abs(m[i, j]) <= tolerance * largest) clean[i, j] = 0;
        return clean;
    }
}
