using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace SsdForecast.Structure;

/// <summary>
/// A matrix of least rank with a given lower triangle, as a product <c>Q Kᵀ</c>, from left to right. A column whose part from the diagonal down
/// is new is copied into <c>Q</c>, with zeros above, and its key is a unit vector. One that is a combination of the earlier columns' same rows
/// is the same combination of <c>Q</c>'s columns: its key are the coefficients. So <c>Q</c> has as many columns as there are new ones, which is the
/// least rank possible. Every column is solved against the given entries, so that errors do not build up, and what rounding leaves over goes back
/// into <c>Q</c>: where earlier columns barely show a direction, a later one says more about it than they do.
/// Source: the sufficiency part of Hu et al. 2025, arXiv 2510.04944; triangular completion goes back to Woerdeman, 1989.
/// </summary>
public sealed record TriangleCompletion
{
    // A column is a combination if this much of it or less is left over.
    private const double MaxResidual = 1e-11;

    // Directions of the earlier columns below this fraction of the first are rounding.
    private const double LeastDirection = 1e-12;

    private TriangleCompletion(double[,] q, double[,] k, IReadOnlyList<int> newColumns, double spread) => (Q, K, NewColumns, Spread) = (q, k, newColumns, spread);

    /// <summary>Left factor, <c>(T, r)</c>.</summary>
    public double[,] Q { get; }

    /// <summary>Right factor, <c>(T, r)</c>.</summary>
    public double[,] K { get; }

    /// <summary>The new columns, ascending, <c>r</c> of them.</summary>
    public IReadOnlyList<int> NewColumns { get; }

    /// <summary>The rank, <c>r</c>.</summary>
    public int Rank => NewColumns.Count;

    /// <summary><c>ln</c> of the largest product of sizes <c>max|Q_w| max|K_w|</c> over the largest given entry: the cancellation in <c>Q Kᵀ</c>.</summary>
    public double Spread { get; }

    /// <summary>Completes a lower triangle.</summary>
    /// <param name="m">The triangle, <c>(T, T)</c>; scale it first (<see cref="Scaling"/>) if its entries differ much in size.</param>
    /// <param name="tolerance">A column is a combination of earlier ones if at most this fraction of it is left over. Default 1e-11.</param>
    public static TriangleCompletion Of(double[,] m, double? tolerance = null)
    {
        Arguments.LowerTriangular(m, nameof(m));
        var n = m.GetLength(0);
        var columns = new List<int>();
        var q = new List<double[]>();
        var keys = new List<double[]>();
        for (var t = 0; t < n; t++)
        {
            if (Combination(m, q, t, tolerance ?? MaxResidual) is { } key)
            {
                keys.Add(key);
                continue;
            }

            columns.Add(t);
            q.Add([.. Enumerable.Range(0, n).Select(i => i < t ? 0 : m[i, t])]);
            keys.Add([.. Enumerable.Range(0, q.Count).Select(w => w == q.Count - 1 ? 1.0 : 0)]);
        }

        var (left, right) = (new double[n, q.Count], new double[n, q.Count]);
        for (var w = 0; w < q.Count; w++)
        {
            for (var i = 0; i < n; i++)
            {
                left[i, w] = q[w][i];
                right[i, w] = w < keys[i].Length ? keys[i][w] : 0;
            }
        }

        return new TriangleCompletion(left, right, columns, SpreadOf(m, left, right));
    }

    /// <summary>The coefficients of a column in <c>Q</c>'s rows from <paramref name="t"/> on, or null if the column is new.</summary>
    private static double[]? Combination(double[,] m, List<double[]> q, int t, double tolerance)
    {
        var rest = Vector<double>.Build.Dense(m.GetLength(0) - t, i => m[t + i, t]);
        var norm = rest.L2Norm();
        if (norm == 0) return [];
        if (q.Count == 0) return null;
        var (u, values, v) = Decompose(DenseMatrix.Create(rest.Count, q.Count, (i, w) => q[w][t + i]));
        var key = Vector<double>.Build.Dense(q.Count);
        // Strongest directions first, and no more than needed: weak ones would blow up the key for nothing.
        for (var d = 0; d < values.Count && values[d] > LeastDirection * values[0] && rest.L2Norm() > tolerance * 1e-3 * norm; d++)
        {
            var direction = u.Column(d);
            var part = direction * rest;
            rest -= part * direction;
            key += part / values[d] * v.Row(d);
        }

        // With a large key, a change of Q in its last digits explains a rest that is no longer small.
        var change = rest.L2Norm() / key.L2Norm();
        var rounding = 4 * m.GetLength(0) * Math.ScaleB(1, -52) * values[0];
        if (!(rest.L2Norm() <= tolerance * norm || change <= rounding)) return null;
        var weights = key / (key * key);
        for (var w = 0; w < q.Count; w++)
            for (var i = 0; i < rest.Count; i++) q[w][t + i] += rest[i] * weights[w];
        return key.ToArray();
    }

    /// <summary>A thin singular value decomposition: through QR if the matrix is tall.</summary>
    private static (Matrix<double> U, Vector<double> Values, Matrix<double> Vt) Decompose(Matrix<double> m)
    {
        if (m.RowCount <= m.ColumnCount)
        {
            var direct = m.Svd();
            return (direct.U, direct.S, direct.VT);
        }

        var qr = m.QR(QRMethod.Thin);
        var svd = qr.R.Svd();
        return (qr.Q * svd.U, svd.S, svd.VT);
    }

    private static double SpreadOf(double[,] m, double[,] q, double[,] k)
    {
        var largest = 0.0;
        foreach (var x in m) largest = Math.Max(largest, Math.Abs(x));
        var product = 0.0;
        for (var w = 0; w < q.GetLength(1); w++)
        {
            var (a, b) = (0.0, 0.0);
            for (var i = 0; i < q.GetLength(0); i++)
            {
                a = Math.Max(a, Math.Abs(q[i, w]));
                b = Math.Max(b, Math.Abs(k[i, w]));
            }

            product = Math.Max(product, a * b);
        }

        return product > largest ? Math.Log(product / largest) : 0;
    }
}
