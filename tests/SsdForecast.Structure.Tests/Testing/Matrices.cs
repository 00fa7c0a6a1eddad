namespace SsdForecast.Structure.Tests;

/// <summary>Matrices that the notes of the field argue with, and how far two matrices are apart.</summary>
public static class Matrices
{
    /// <summary><c>I + E_{T,1}</c>: a memoryless state number and one that holds the first input.</summary>
    public static double[,] IdentityAndCorner(int length)
    {
        var m = new double[length, length];
        for (var t = 0; t < length; t++) m[t, t] = 1;
        m[length - 1, 0] += length > 1 ? 1 : 0;
        return m;
    }

    /// <summary>The two-state recurrence of <see cref="IdentityAndCorner"/>.</summary>
    public static DiagonalSsm IdentityAndCornerRecurrence(int length)
    {
        var (a, b, c) = (new double[length, 2], new double[length, 2], new double[length, 2]);
        for (var t = 0; t < length; t++) (a[t, 1], b[t, 0], c[t, 0]) = (1, 1, 1);
        (b[0, 1], c[length - 1, 1]) = (1, 1);
        return new DiagonalSsm(a, b, c);
    }

    /// <summary>Three state numbers, one of them forgotten at each step in turn.</summary>
    public static DiagonalSsm OneResetAStep(int length, Random random)
    {
        var a = new double[length, 3];
        for (var t = 0; t < length; t++)
            for (var n = 0; n < 3; n++) a[t, n] = t % 3 == n ? 0 : 0.9;
        return new DiagonalSsm(a, RandomRecurrence.Normal(random, length, 3), RandomRecurrence.Normal(random, length, 3));
    }

    /// <summary>
    /// Whether a structure is that of its matrix and not of its rounding: every singular value that counts is well above the tolerance. About one
    /// random matrix in a thousand lies within rounding of one of another rank, and proves nothing about either.
    /// </summary>
    public static bool IsClear(SemiseparableStructure structure) =>
        structure.SingularValues.All(values => !values.Any(s => s > structure.Exact.Tolerance * values[0] && s < 1e-8 * values[0]));

    /// <summary>The largest difference of two matrices, relative to the largest entry of the second.</summary>
    public static double Error(double[,] a, double[,] b)
    {
        var (largest, error) = (0.0, 0.0);
        for (var i = 0; i < b.GetLength(0); i++)
        {
            for (var j = 0; j < b.GetLength(1); j++)
            {
                largest = Math.Max(largest, Math.Abs(b[i, j]));
                error = Math.Max(error, Math.Abs(a[i, j] - b[i, j]));
            }
        }

        return largest == 0 ? error : error / largest;
    }
}
