namespace SsdForecast.Structure;

/// <summary>
/// Row and column scalings of a causal matrix by powers of two: entry <c>(i, j)</c> becomes <c>2^(row_i + column_j) M_ij</c>. The rank of no block
/// changes and no digit does; decay, which makes far entries invisible to a tolerance relative to near ones, goes away.
/// </summary>
/// <param name="Row">Exponents of the rows, length <c>T</c>.</param>
/// <param name="Column">Exponents of the columns, length <c>T</c>.</param>
public sealed record Scaling(int[] Row, int[] Column)
{
    // Enough for the alternating means to settle to less than half a binary digit on triangles of a thousand rows.
    private const int Sweeps = 60;

    /// <summary>Number of rows.</summary>
    public int Length => Row.Length;

    /// <summary>No scaling.</summary>
    public static Scaling None(int length) => new(new int[length], new int[length]);

    /// <summary>
    /// The scaling of a matrix that makes the mean logarithm of each row's and each column's entries that are not zero vanish: the least squares
    /// fit of <c>log₂|M_ij|</c> by a number a row and a number a column.
    /// </summary>
    /// <param name="m">Lower triangular, <c>(T, T)</c>.</param>
    public static Scaling Of(double[,] m)
    {
        Arguments.LowerTriangular(m, nameof(m));
        var n = m.GetLength(0);
        var log = new double[n, n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j <= i; j++) log[i, j] = m[i, j] == 0 ? double.NaN : Math.Log2(Math.Abs(m[i, j]));
        var (row, column) = (new double[n], new double[n]);
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            for (var i = 0; i < n; i++) row[i] = -Mean(i + 1, j => log[i, j] + column[j]);
            for (var j = 0; j < n; j++) column[j] = -Mean(n - j, i => log[j + i, j] + row[j + i]);
        }

        return new Scaling(Rounded(row), Rounded(column));
    }

    /// <summary>
    /// A scaling of a recurrence's matrix, without forming it: transitions to unit gain on the states that are reached, then rows and columns to
    /// unit norm. O(T N³).
    /// </summary>
    public static Scaling Of(LinearRecurrence model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return RecurrenceScaling.Of(model);
    }

    /// <summary>The scaled matrix.</summary>
    /// <param name="m">Lower triangular, <c>(T, T)</c>.</param>
    public double[,] Apply(double[,] m)
    {
        Arguments.LowerTriangular(m, nameof(m));
        Arguments.Shape(m, Length, Length, nameof(m));
        var scaled = new double[Length, Length];
        for (var i = 0; i < Length; i++)
            for (var j = 0; j <= i; j++) scaled[i, j] = Math.ScaleB(m[i, j], Row[i] + Column[j]);
        return scaled;
    }

    /// <summary>The exponent of the state at a step: halfway, so that what is left for <c>b</c> and <c>c</c> is small.</summary>
    internal int State(int t) => (Row[t] - Column[t]) >> 1;

    private static double Mean(int count, Func<int, double> at)
    {
        var (sum, present) = (0.0, 0);
        for (var k = 0; k < count; k++)
        {
            var x = at(k);
            if (double.IsNaN(x)) continue;
            sum += x;
            present++;
        }

        return present == 0 ? 0 : sum / present;
    }

    private static int[] Rounded(double[] exponents) => [.. exponents.Select(e => (int)Math.Round(e))];
}
