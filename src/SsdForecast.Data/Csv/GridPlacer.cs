namespace SsdForecast.Data;

/// <summary>Puts rows into the cells of a grid; cells without a row become missing.</summary>
internal sealed class GridPlacer(string file, CsvSchema schema, ReportBuilder report)
{
    private const double LeastOnGrid = 0.9;
    private const long MostCells = 50_000_000;

    public (SortedRows Rows, TimeIndex Index) Place(SortedRows rows, TimeGrid grid, string frequency)
    {
        var cells = Cells(rows, grid, frequency);
        var merged = rows.Merge(cells, file, schema.Duplicates, report, t => grid.NameOf(grid.CellOf(t, out var _)));
        if (merged.Count != rows.Count) cells = [.. cells.Distinct()];
        var first = cells[0];
        var count = cells[^1] - first + 1;
        if (count == cells.Length) return (merged, grid.Index(cells.Length));

        RefuseOrReportGaps(merged, cells, grid, count);
        var lines = new long[count];
        double[][] columns = [.. merged.Columns.Select(c => Spread(c, cells, (int)count))];
        for (var i = 0; i < cells.Length; i++) lines[cells[i] - first] = merged.Lines[i];
        return (new SortedRows(merged.Id, [], lines, columns), grid.Index((int)count));
    }

    private long[] Cells(SortedRows rows, TimeGrid grid, string frequency)
    {
        var cells = new long[rows.Count];
        int off = 0, firstOff = -1;
        for (var i = 0; i < cells.Length; i++)
        {
            cells[i] = grid.CellOf(rows.Ticks[i], out var exact);
            if (exact) continue;
            off++;
            if (firstOff < 0 || rows.Lines[i] < rows.Lines[firstOff]) firstOff = i;
        }

        if (off == 0) return cells;
        if (off > (1 - LeastOnGrid) * cells.Length && schema.Spacing != Spacing.Regular)
            throw new FrequencyException(
                $"the times of {rows.Called} do not lie on a grid of {frequency}: {off} of {cells.Length} are off it, this one first. Pass another --frequency, --spacing regular to move them, or --spacing irregular.",
                file,
                rows.Lines[firstOff]);
        report.AddOffGrid(off, rows.Lines[firstOff]);
        return cells;
    }

    private void RefuseOrReportGaps(SortedRows rows, long[] cells, TimeGrid grid, long count)
    {
        var after = 1;
        while (cells[after] == cells[after - 1] + 1) after++;
        if (schema.Gaps == GapPolicy.Refuse)
            throw new GapException(
                $"{rows.Called} has no row for {grid.NameOf(cells[after - 1] + 1)}, before this one, and {count - cells.Length - 1} more are missing. Add them or pass --gaps fill.",
                file,
                rows.Lines[after]);
        if (count > MostCells)
            throw new FrequencyException(
                $"filling the gaps of {rows.Called} would make {count} rows of {cells.Length}. Pass a longer --frequency or --spacing irregular.",
                file,
                rows.Lines[after]);
        report.AddGaps((int)(count - cells.Length), rows.Lines[after]);
    }

    private static double[] Spread(double[] column, long[] cells, int count)
    {
        var spread = new double[count];
        Array.Fill(spread, double.NaN);
        for (var i = 0; i < cells.Length; i++) spread[cells[i] - cells[0]] = column[i];
        return spread;
    }
}
