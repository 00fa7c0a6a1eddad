using MathNet.Numerics.LinearAlgebra;

namespace SsdForecast.Structure;

/// <summary>Singular values and ranks of blocks.</summary>
internal static class Svd
{
    /// <summary>Singular values, descending.</summary>
    public static double[] Values(Matrix<double> m)
    {
        var largest = m.Enumerate(Zeros.AllowSkip).Select(Math.Abs).DefaultIfEmpty().Max();
        if (largest == 0) return new double[Math.Min(m.RowCount, m.ColumnCount)];
        // Scaled by a power of two, so that squares inside the decomposition neither overflow nor underflow.
        var exponent = Math.ILogB(largest);
        var values = m.Map(x => Math.ScaleB(x, -exponent)).Svd(computeVectors: false).S;
        return [.. values.Select(s => Math.ScaleB(s, exponent))];
    }

    /// <summary>Singular values of a block of a matrix, descending; of an empty block none.</summary>
    public static double[] Values(double[,] m, Range rows, Range columns)
    {
        var (r, height) = rows.GetOffsetAndLength(m.GetLength(0));
        var (c, width) = columns.GetOffsetAndLength(m.GetLength(1));
        return height == 0 || width == 0 ? [] : Values(Matrix<double>.Build.Dense(height, width, (i, j) => m[r + i, c + j]));
    }

    /// <summary>How many of descending singular values lie above a threshold.</summary>
    public static int CountAbove(ReadOnlySpan<double> values, double threshold)
    {
        var count = 0;
        while (count < values.Length && values[count] > threshold) count++;
        return count;
    }
}
