namespace SsdForecast.Structure;

/// <summary>Rows and columns between two cuts: the matrix has no entries left of it or below it that reach across.</summary>
/// <param name="Start">First row.</param>
/// <param name="Length">Number of rows.</param>
/// <param name="NewColumns">New columns inside.</param>
public sealed record SemiseparableBlock(int Start, int Length, int NewColumns)
{
    /// <summary>Last row.</summary>
    public int Last => Start + Length - 1;

    internal static IReadOnlyList<SemiseparableBlock> Between(IReadOnlyList<int> cuts, int length, IReadOnlyList<int> newColumns)
    {
        int[] starts = [0, .. cuts];
        int[] ends = [.. cuts, length];
        return [.. starts.Zip(ends, (start, end) => new SemiseparableBlock(start, end - start, newColumns.Count(t => t >= start && t < end)))];
    }
}
