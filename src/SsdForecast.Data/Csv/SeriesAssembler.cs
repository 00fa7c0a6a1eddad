namespace SsdForecast.Data;

/// <summary>Cuts rows of numbers into series with their covariates.</summary>
internal sealed class SeriesAssembler(string file, CsvHeader header, CsvRoles roles, ReportBuilder report)
{
    private readonly List<string> _without = [];

    public List<Series> Assemble(IReadOnlyList<(SortedRows Rows, TimeIndex Index)> groups)
    {
        var series = new List<Series>();
        foreach (var (rows, index) in groups)
        {
            var covariates = new Dictionary<string, double[]>(StringComparer.Ordinal);
            for (var c = 0; c < roles.Covariates.Length; c++) covariates[header.Names[roles.Covariates[c]]] = rows.Columns[roles.Targets.Length + c];
            var statics = new Dictionary<string, double>(StringComparer.Ordinal);
            var firstStatic = roles.Targets.Length + roles.Covariates.Length;
            for (var c = 0; c < roles.Statics.Length; c++) statics[header.Names[roles.Statics[c]]] = Static(rows, firstStatic + c, roles.Statics[c]);
            for (var t = 0; t < roles.Targets.Length; t++)
            {
                var made = new Series(Id(rows, t), index, rows.Columns[t], covariates, statics);
                if (made.ObservedCount == 0 && RefuseOrLeaveOut(made, t)) continue;
                report.MissingValues += Missing(rows, t);
                series.Add(made);
            }
        }

        if (series.Count == 0)
        {
            var one = roles.Targets.Length == 1 ? header.Names[roles.Targets[0]] : null;
            var which = one is null ? $" of {OneLine.List([.. roles.Targets.Select(t => header.Names[t])])}" : "";
            throw new NotEnoughDataException(
                $"all values{which} are missing. Check the column, and the texts that mean missing (--missing).",
                file,
                column: one);
        }

        if (_without.Count > 0) report.Warn($"series without a value left out: {OneLine.List(_without)}");
        report.Detect(series.Count == 1
            ? $"series: '{series[0].Id}' of {series[0].Count} rows"
            : $"series: {series.Count}, of {series.Min(s => s.Count)} to {series.Max(s => s.Count)} rows");
        return series;
    }

    private string Id(SortedRows rows, int target)
    {
        var column = header.Names[roles.Targets[target]];
        return rows.Id is null ? column : roles.Targets.Length == 1 ? rows.Id : $"{rows.Id}/{column}";
    }

    // A wide column that the caller named must have values; a series among many in a long file may lack them, and is named in the report.
    private bool RefuseOrLeaveOut(Series made, int target)
    {
        if (roles.TargetsTold && roles.Layout == CsvLayout.WideColumns)
            throw new NotEnoughDataException(
                "all values are missing. Check the column, and the texts that mean missing (--missing).",
                file,
                column: header.Names[roles.Targets[target]]);
        _without.Add(made.Id);
        return true;
    }

    private static int Missing(SortedRows rows, int target)
    {
        // A row that was filled in has no line.
        var missing = 0;
        for (var i = 0; i < rows.Count; i++)
            if (rows.Lines[i] > 0 && double.IsNaN(rows.Columns[target][i])) missing++;
        return missing;
    }

    private double Static(SortedRows rows, int column, int source)
    {
        var value = double.NaN;
        for (var i = 0; i < rows.Count; i++)
        {
            var v = rows.Columns[column][i];
            if (double.IsNaN(v)) continue;
            if (!double.IsNaN(value) && v != value)
                throw new BadValueException(
                    $"a static covariate must stay the same, but changes from {value} to {v} within {rows.Called}. Use --past or --known for it.",
                    file,
                    rows.Lines[i],
                    header.Names[source]);
            value = v;
        }

        return value;
    }
}
