namespace SsdForecast.Data;

/// <summary>Makes a table of the rows read: sorted, without duplicates, on one grid or as events.</summary>
internal sealed class TableBuilder(string file, CsvHeader header, CsvRoles roles, CsvSchema schema, TimeForm? form, ReportBuilder report)
{
    public SeriesTable Build(List<RawRows> groups)
    {
        List<SortedRows> sorted = [.. groups.Select(g => SortedRows.From(g, file, schema, report))];
        var placed = form is null ? [.. sorted.Select(s => (Rows: s, Index: TimeIndex.Ordinal(s.Count)))] : Place(sorted);
        if (form is null)
        {
            report.Frequency = Frequency.Ordinal;
            report.Detect("frequency: ordinal, rows in the order of the file");
        }

        var series = new SeriesAssembler(file, header, roles, report).Assemble(placed);
        ReportRepairs();
        SeriesChecks.WarnOfConstants(series, report);
        string[] Names(int[] columns) => [.. columns.Select(i => header.Names[i])];
        return new SeriesTable(series, Names(roles.Covariates), Names(roles.Statics), report.Build(), file);
    }

    private List<(SortedRows Rows, TimeIndex Index)> Place(List<SortedRows> sorted)
    {
        if (form!.Utc) report.Detect("times carry offsets from UTC or count from 1970 and are kept as UTC");
        var numbered = form.Kind == TimeFormKind.RowNumber;
        Func<long, string> name = numbered ? t => $"row number {t}" : t => TimeText.Of(new DateTime(t));
        List<SortedRows> unique = [.. sorted.Select(s => s.Merge(s.Ticks, file, schema.Duplicates, report, name))];
        if (numbered) return PlaceNumbers(unique);

        var frequency = FrequencyFinder.Find(unique, file, schema, report);
        report.Frequency = frequency;
        var placer = new GridPlacer(file, schema, report);
        return frequency is { } f
            ? [.. unique.Select(u => placer.Place(u, TimeGrid.Through(u.Ticks, f), f.ToString()))]
            : [.. unique.Select(u => (u, TimeIndex.Irregular(Array.ConvertAll(u.Ticks, t => new DateTime(t)))))];
    }

    private List<(SortedRows Rows, TimeIndex Index)> PlaceNumbers(List<SortedRows> unique)
    {
        report.Frequency = Frequency.Ordinal;
        var step = unique.Select(u => new TimeSteps(u.Ticks, clock: false)).SelectMany(s => s.Common.Take(1)).DefaultIfEmpty(1).Min();
        report.Detect($"frequency: ordinal, by row numbers with a step of {step}");
        var placer = new GridPlacer(file, schema, report);
        return [.. unique.Select(u => placer.Place(u, TimeGrid.Numbers(u.Ticks, step), $"step {step}"))];
    }

    private void ReportRepairs()
    {
        void Warn(string what, RowTally tally)
        {
            if (tally.Count > 0) report.Warn($"{what}: {tally.Count} (first at line {tally.FirstLine})");
        }

        Warn("rows earlier than the row before them, sorted into place", report.OutOfOrder);
        Warn("rows that repeat a time, " + schema.Duplicates switch
        {
            DuplicatePolicy.KeepFirst => "of which the first was kept",
            DuplicatePolicy.KeepLast => "of which the last was kept",
            _ => "averaged",
        }, report.Duplicates);
        Warn("rows off the time grid, snapped to its nearest time", report.OffGrid);
        Warn("times without a row, filled with missing values", report.GapsFilled);
        if (report.MissingValues > 0) report.Warn($"target values missing in the file: {report.MissingValues}");
    }
}
