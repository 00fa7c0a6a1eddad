using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace SsdForecast.Structure;

/// <summary>
/// Square roots of the two Gramians of a recurrence, by QR and never squared: <c>U_t</c> stands for all readings from step <c>t</c> on
/// (<c>‖U_t h‖</c> is the norm of the outputs that the state <c>h</c> causes), <c>L_t</c> for all inputs up to <c>t</c>. Then
/// <c>M[t:, :t+1]</c> has the singular values of the <c>N × N</c> matrix <c>U_t L_t</c>, and <c>M[t:, :t]</c> those of <c>U_t A_t L_{t−1}</c>.
/// </summary>
internal static class SquareRootGramians
{
    /// <summary><c>U_t</c> for every step, rows are readings: the R factor of <c>c_t</c> over <c>U_{t+1} A_{t+1}</c>.</summary>
    public static double[][][] Readings(LinearRecurrence model)
    {
        var all = new double[model.Length][][];
        var rows = Zero(model.StateSize);
        for (var t = model.Length - 1; t >= 0; t--)
        {
            if (t + 1 < model.Length) rows = Carried(model, t + 1, rows, transposed: true);
            all[t] = rows = Append(Row(model.C, t), rows);
        }

        return all;
    }

    /// <summary><c>L_tᵀ</c>, rows are states: the R factor of <c>b_t</c> over <c>(A_t L_{t−1})ᵀ</c>.</summary>
    public static double[][] Reached(LinearRecurrence model, int t, double[][] carried) => Append(Row(model.B, t), carried);

    /// <summary><c>(A_t L_{t−1})ᵀ</c>.</summary>
    public static double[][] Carried(LinearRecurrence model, int t, double[][] reached) => Carried(model, t, reached, transposed: false);

    /// <summary>Nothing reached yet: <c>N</c> rows of zeros.</summary>
    public static double[][] Zero(int n) => [.. Enumerable.Range(0, n).Select(_ => new double[n])];

    /// <summary><c>U L</c>, and the norm of <c>|U| |L|</c>, which says how much of it is cancellation.</summary>
    public static (Matrix<double> Product, double Terms) Product(double[][] readings, double[][] states)
    {
        var n = readings.Length;
        var absolute = 0.0;
        var product = Matrix<double>.Build.Dense(n, n, (i, j) =>
        {
            var (sum, sizes) = (0.0, 0.0);
            for (var k = 0; k < n; k++)
            {
                var term = readings[i][k] * states[j][k];
                sum += term;
                sizes += Math.Abs(term);
            }

            absolute += sizes * sizes;
            return sum;
        });
        return (product, Math.Sqrt(absolute));
    }

    public static double[] Row(double[,] m, int t) => [.. Enumerable.Range(0, m.GetLength(1)).Select(n => m[t, n])];

    private static double[][] Carried(LinearRecurrence model, int t, double[][] rows, bool transposed)
    {
        double[][] carried = [.. rows.Select(r => (double[])r.Clone())];
        var (before, after) = (0.0, 0.0);
        foreach (var r in carried)
        {
            foreach (var x in r) before += x * x;
            if (transposed) model.Retreat(t, r);
            else model.Advance(t, r);
            foreach (var x in r) after += x * x;
        }

        // A singular transition in turned coordinates cancels to rounding and not to zero. Left alone, that would be scaled up to a memory.
        return Math.Sqrt(after) > Roundoff(rows.Length) * model.Norm(t) * Math.Sqrt(before) ? carried : Zero(rows.Length);
    }

    /// <summary>
    /// What rounding leaves of a cancelled sum, relative to its terms. A sum of n terms errs by n ε, and the factors carry the errors of the steps
    /// before, each less as it decays: measured up to 10 n ε.
    /// </summary>
    public static double Roundoff(int n) => 32 * n * Math.ScaleB(1, -52);

    /// <summary>The R factor of a row over <c>N</c> rows: O(N²) rotations if they are triangular, as diagonal transitions leave them, else QR.</summary>
    public static double[][] Append(double[] first, double[][] rows)
    {
        var n = first.Length;
        for (var i = 1; i < n; i++)
        {
            if (!rows[i].AsSpan(0, i).ContainsAnyExcept(0.0)) continue;
            var stacked = Matrix<double>.Build.Dense(n + 1, n, (r, c) => r == 0 ? first[c] : rows[r - 1][c]);
            return stacked.QR(QRMethod.Thin).R.ToRowArrays();
        }

        return Rotate(first, rows);
    }

    /// <summary>Givens rotations that turn a row into triangular rows, one entry after another.</summary>
    private static double[][] Rotate(double[] first, double[][] triangle)
    {
        double[] row = [.. first];
        double[][] result = [.. triangle.Select(r => (double[])r.Clone())];
        for (var j = 0; j < row.Length; j++)
        {
            if (row[j] == 0) continue;
            var target = result[j];
            var length = double.Hypot(target[j], row[j]);
            var (cos, sin) = (target[j] / length, row[j] / length);
            for (var k = j; k < row.Length; k++) (target[k], row[k]) = ((cos * target[k]) + (sin * row[k]), (cos * row[k]) - (sin * target[k]));
        }

        return result;
    }
}
