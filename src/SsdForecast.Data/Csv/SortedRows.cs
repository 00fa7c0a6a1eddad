namespace SsdForecast.Data;

/// <summary>Rows in ascending order of time; columns of equal length.</summary>
internal sealed record SortedRows(string? Id, long[] Ticks, long[] Lines, double[][] Columns)
{
    public int Count => Lines.Length;

    /// <summary>How the rows are called in messages: <c>series 'a'</c>, or <c>the file</c>.</summary>
    public string Called => Id is null ? "the file" : $"series '{OneLine.Short(Id)}'";

    /// <summary>Sorts by time, keeping the order of the file where times are equal.</summary>
    public static SortedRows From(RawRows raw, string file, CsvSchema schema, ReportBuilder report)
    {
        long[] ticks = [.. raw.Ticks], lines = [.. raw.Lines];
        double[][] columns = [.. raw.Columns.Select(c => c.ToArray())];
        int back = 0, first = -1;
        for (var i = 1; i < ticks.Length; i++)
        {
            if (ticks[i] >= ticks[i - 1]) continue;
            if (first < 0) first = i;
            back++;
        }

        if (back == 0) return new SortedRows(raw.Id, ticks, lines, columns);
        if (schema.Order == OrderPolicy.Refuse)
            throw new OrderException("this row is earlier than the row before it. Sort the file or pass --order sort.", file, lines[first]);
        report.AddOutOfOrder(back, lines[first]);
        var order = Enumerable.Range(0, ticks.Length).ToArray();
        Array.Sort(order, (a, b) => ticks[a] != ticks[b] ? ticks[a].CompareTo(ticks[b]) : a.CompareTo(b));
        return new SortedRows(raw.Id, Pick(ticks, order), Pick(lines, order), [.. columns.Select(c => Pick(c, order))]);
    }

    /// <summary>Makes one row of each run of rows with equal keys, as the policy says.</summary>
    /// <param name="keys">Ascending, one a row: the time, or the cell of the grid it fell in.</param>
    /// <param name="name">Writes the key of a row for a message.</param>
    public SortedRows Merge(long[] keys, string file, DuplicatePolicy policy, ReportBuilder report, Func<long, string> name)
    {
        var starts = new List<int>();
        for (var i = 0; i < keys.Length; i++)
        {
            if (i == 0 || keys[i] != keys[i - 1])
            {
                starts.Add(i);
                continue;
            }

            if (policy == DuplicatePolicy.Refuse)
                throw new DuplicateException(
                    $"{Called} has a second row for {name(Ticks[i])}; the first is line {Lines[i - 1]}. Remove one or pass --duplicates first, last or mean.",
                    file,
                    Lines[i]);
            report.AddDuplicates(1, Lines[i]);
        }

        if (starts.Count == keys.Length) return this;
        // Keeping the first keeps its time too; a merged row takes the time and line of the row kept, or of the first of those averaged.
        int[] kept = [.. starts.Select((start, k) => policy == DuplicatePolicy.KeepLast ? EndOf(k) - 1 : start)];
        double[][] columns = [.. Columns.Select(c => policy == DuplicatePolicy.Mean ? Means(c) : Pick(c, kept))];
        return new SortedRows(Id, Pick(Ticks, kept), Pick(Lines, kept), columns);

        int EndOf(int k) => k + 1 < starts.Count ? starts[k + 1] : keys.Length;
        double[] Means(double[] column) => [.. starts.Select((start, k) => Mean(column.AsSpan(start, EndOf(k) - start)))];
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        var count = 0;
        foreach (var v in values)
        {
            if (double.IsNaN(v)) continue;
            sum += v;
            count++;
        }

        return count == 0 ? double.NaN : sum / count;
    }

    private static T[] Pick<T>(T[] values, int[] order) => Array.ConvertAll(order, i => values[i]);
}
