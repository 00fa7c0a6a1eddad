namespace SsdForecast.Structure;

/// <summary>Summaries of a mixing matrix.</summary>
internal static class MixingMatrix
{
    /// <summary>Root mean square of the rows' norms, and the energy-weighted lag.</summary>
    public static (double Gain, double? MeanLag) GainAndLag(double[,] m)
    {
        var n = m.GetLength(0);
        var largest = 0.0;
        foreach (var x in m) largest = Math.Max(largest, Math.Abs(x));
        if (largest == 0) return (0, null);
        var (energy, lag) = (0.0, 0.0);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var square = m[i, j] / largest * (m[i, j] / largest);
                energy += square;
                lag += (i - j) * square;
            }
        }

        return (largest * Math.Sqrt(energy / n), lag / energy);
    }

    /// <summary>At most <paramref name="size"/> rows and columns: each cell is the entry of largest size among those it covers, with its sign.</summary>
    public static double[][] Reduced(double[,] m, int size)
    {
        var n = m.GetLength(0);
        size = Math.Min(size, n);
        int Cell(int t) => (int)((long)t * size / n);
        double[][] cells = [.. Enumerable.Range(0, size).Select(i => new double[i + 1])];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                ref var cell = ref cells[Cell(i)][Cell(j)];
                if (Math.Abs(m[i, j]) > Math.Abs(cell)) cell = m[i, j];
            }
        }

        return cells;
    }
}
