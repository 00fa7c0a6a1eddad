namespace SsdForecast.Structure;

/// <summary>Checks of public arguments; each message is one line that names the place.</summary>
internal static class Arguments
{
    public static void Shape(double[,] m, int rows, int columns, string name)
    {
        if (m.GetLength(0) != rows || m.GetLength(1) != columns)
            throw new ArgumentException($"the shape is ({m.GetLength(0)}, {m.GetLength(1)}) where ({rows}, {columns}) is expected", name);
    }

    public static void Finite(double[,] m, string name)
    {
        for (var i = 0; i < m.GetLength(0); i++)
            for (var j = 0; j < m.GetLength(1); j++)
                if (!double.IsFinite(m[i, j])) throw new ArgumentException($"entry ({i}, {j}) is {m[i, j]}; every number must be finite", name);
    }

    /// <summary>Square, at least 1 × 1, finite, and zero above the diagonal.</summary>
    public static void LowerTriangular(double[,] m, string name)
    {
        ArgumentNullException.ThrowIfNull(m, name);
        var n = m.GetLength(0);
        if (n == 0 || m.GetLength(1) != n) throw new ArgumentException($"the shape is ({n}, {m.GetLength(1)}); a causal matrix is square and not empty", name);
        Finite(m, name);
        for (var i = 0; i < n; i++)
            for (var j = i + 1; j < n; j++)
                if (m[i, j] != 0) throw new ArgumentException($"entry ({i}, {j}) above the diagonal is {m[i, j]}; a causal matrix is lower triangular, take its lower triangle first", name);
    }
}
