namespace SsdForecast.Data;

/// <summary>
/// Decides which column plays which part: as the schema tells, and for what it does not tell by name, and only then by content. Where two columns
/// could play a part it asks.
/// </summary>
internal sealed class RoleDetector(string file, CsvHeader header, CsvSample sample, CsvSchema schema, ReportBuilder report)
{
    private static readonly string[] IdNames = ["unique_id", "series_id", "item_id", "series", "id"];
    private static readonly string[] TimeNames = ["ds", "date", "time", "timestamp", "datetime", "date_time"];
    private static readonly string[] TargetNames = ["y", "value", "target"];

    public CsvRoles Detect()
    {
        var id = schema.IdColumn is { } idName ? header.Require(idName, "series names (--id-column)") : -1;
        var time = FindTime();
        var layout = FindLayout(ref id, time);
        report.Layout = layout;
        if (layout == CsvLayout.WideRows) return WideRows(id);

        int[] covariates =
        [
            .. schema.PastCovariates.Select(n => header.Require(n, "past covariates (--past)")),
            .. schema.KnownCovariates.Select(n => header.Require(n, "known covariates (--known)")),
        ];
        int[] statics = [.. schema.StaticCovariates.Select(n => header.Require(n, "static covariates (--static)"))];
        var told = schema.TargetColumns is { Count: > 0 };
        int[] others = [.. Enumerable.Range(0, header.Count).Where(i => i != id && i != time && !covariates.Contains(i) && !statics.Contains(i))];
        int[] targets = told ? [.. schema.TargetColumns!.Select(n => header.Require(n, "target (--target)"))]
            : layout == CsvLayout.Long ? [LongTarget(others)]
            : WideTargets(others);

        var roles = new CsvRoles(layout, id, time, targets, covariates, statics, told);
        CheckNoColumnTwice(roles);
        Report(roles, [.. others.Except(targets)]);
        return roles;
    }

    private int FindTime()
    {
        if (schema.TimeColumn is { } name) return header.Require(name, "time (--time-column)");
        if (schema.Layout == CsvLayout.WideRows) return -1;
        var all = Enumerable.Range(0, header.Count);
        int[] named = [.. all.Where(i => TimeNames.Contains(header.Names[i], StringComparer.OrdinalIgnoreCase) && HoldsTimes(i))];
        int[] found = named.Length > 0 ? named : [.. all.Where(i => !sample.IsNumeric(i) && TimeFormDetector.OfText(sample.Cells(i)).Count > 0)];
        if (found.Length > 1)
            throw new SchemaException(
                $"columns {OneLine.List([.. found.Select(i => header.Names[i])])} all hold times. Say which with --time-column.",
                file,
                Line);
        if (found.Length == 1)
        {
            RefuseTimeOfDayApart(found[0]);
            return found[0];
        }


        if (NamedYears() is var years and >= 0) return years;

        // A column that is called a time, and is not a number, was meant as one: reading on without it would hide a bad cell or an unknown form.
        var meant = Array.FindIndex(header.Names, n => TimeNames.Contains(n, StringComparer.OrdinalIgnoreCase));
        return meant >= 0 && schema.Frequency?.Unit != FrequencyUnit.Ordinal ? meant : -1;
    }

    private int NamedYears()
    {
        var year = Array.FindIndex(header.Names, n => n.Equals("year", StringComparison.OrdinalIgnoreCase));
        return year >= 0 && TimeFormDetector.OfTimes(sample.Cells(year)) is [TimeFormKind.Year] ? year : -1;
    }

    // Dates alone would repeat, and each time of day would look like the name of a series.
    private void RefuseTimeOfDayApart(int dates)
    {
        bool HoldsTimesOfDay(int column) =>
            sample.Cells(column) is { Count: > 0 } cells && cells.TrueForAll(c => TimeCell.IsTimeOfDay(System.Text.Encoding.UTF8.GetBytes(c)));
        var apart = Enumerable.Range(0, header.Count).FirstOrDefault(i => i != dates && HoldsTimesOfDay(i), -1);
        if (apart >= 0)
            throw new SchemaException(
                $"dates are in column '{header.Names[dates]}' and times of day in column '{header.Names[apart]}'. Join them into one column.",
                file,
                Line);
    }

    private bool HoldsTimes(int column) => schema.TimeFormat is not null || TimeFormDetector.OfTimes(sample.Cells(column)).Count > 0;

    private CsvLayout FindLayout(ref int id, int time)
    {
        if (schema.Layout == CsvLayout.WideColumns)
            return id < 0 ? schema.Layout : throw new SchemaException(
                "a wide file has one column a series and no column of series names. Leave out --id-column or choose the layout long.",
                file,
                Line);
        if (id < 0 && schema.Layout != CsvLayout.WideRows) id = NamedId(time);
        if (schema.Layout == CsvLayout.Long) return id >= 0 || (id = OnlyTextColumn(time)) >= 0 ? CsvLayout.Long : throw NoIdColumn();
        if (schema.Layout == CsvLayout.WideRows || (time < 0 && LooksLikeWideRows(id)))
        {
            id = Math.Max(id, 0);
            return CsvLayout.WideRows;
        }

        if (id < 0 && time >= 0 && TimesRepeat(time)) id = OnlyTextColumn(time);
        return id >= 0 ? CsvLayout.Long : CsvLayout.WideColumns;
    }

    // A column called id that differs in every row, beside a time, counts rows and names no series.
    private int NamedId(int time)
    {
        var id = Array.FindIndex(header.Names, n => IdNames.Contains(n, StringComparer.OrdinalIgnoreCase));
        if (id < 0 || time < 0 || sample.Rows.Count < 2) return id;
        var names = sample.Cells(id);
        return names.Count > 1 && names.Distinct(StringComparer.Ordinal).Count() == names.Count ? -1 : id;
    }

    private MissingColumnException NoIdColumn() =>
        new($"no column of series names was found among {OneLine.List(header.Names)}. Name it with --id-column.", file, Line);

    // One row a series: names first, all different, then nothing but numbers.
    private bool LooksLikeWideRows(int id)
    {
        id = Math.Max(id, 0);
        if (header.Count < 3 || sample.Rows.Count == 0 || (sample.IsNumeric(id) && schema.IdColumn is null)) return false;
        var names = sample.Rows.Where(r => id < r.Length).Select(r => r[id]).ToList();
        return names.Distinct(StringComparer.Ordinal).Count() == names.Count
            && Enumerable.Range(0, header.Count).All(i => i == id || sample.IsNumeric(i) || sample.IsBlank(i));
    }

    private bool TimesRepeat(int time)
    {
        var cells = sample.Cells(time);
        return cells.Distinct(StringComparer.Ordinal).Count() < cells.Count;
    }

    private int OnlyTextColumn(int time)
    {
        int[] text = [.. Enumerable.Range(0, header.Count).Where(i => i != time && !sample.IsBlank(i) && !sample.IsNumeric(i))];
        return text.Length == 1 ? text[0] : -1;
    }

    private int LongTarget(int[] others)
    {
        int[] named = [.. others.Where(i => TargetNames.Contains(header.Names[i], StringComparer.OrdinalIgnoreCase))];
        if (named.Length == 1) return named[0];
        int[] numeric = [.. others.Where(i => !header.Unnamed[i] && sample.IsNumeric(i))];
        if (named.Length == 0 && numeric.Length == 1) return numeric[0];
        int[] choices = named.Length > 1 ? named : numeric;
        if (choices.Length > 1)
            throw new SchemaException(
                $"columns {OneLine.List([.. choices.Select(i => header.Names[i])])} could each be the target. Say which with --target.",
                file,
                Line);
        throw NoTarget(others);
    }

    private int[] WideTargets(int[] others)
    {
        int[] numeric = [.. others.Where(i => !header.Unnamed[i] && (sample.IsNumeric(i) || sample.IsBlank(i)))];
        return numeric.Length > 0 ? numeric : throw NoTarget(others);
    }

    private DataException NoTarget(int[] others)
    {
        var text = others.FirstOrDefault(i => sample.Cells(i).Count > 0, -1);
        if (text < 0) return new MissingColumnException($"there is no column of numbers to forecast among {OneLine.List(header.Names)}.", file, Line);
        var cell = sample.Cells(text)[0];
        var row = sample.Rows.FindIndex(r => text < r.Length && r[text] == cell);
        var problem = $"'{OneLine.Short(cell)}' is not a number, and no other column holds any. {sample.Numbers.Advice(cell)}";
        return new BadValueException(problem, file, sample.Lines[row], header.Names[text], cell);
    }

    private CsvRoles WideRows(int id)
    {
        if (schema.PastCovariates.Count + schema.KnownCovariates.Count + schema.StaticCovariates.Count > 0 || schema.TargetColumns is { Count: > 0 })
            throw new SchemaException(
                "a file of one row a series has no covariate or target columns. Leave those options out, or choose another layout.",
                file,
                Line);
        int[] values = [.. Enumerable.Range(0, header.Count).Where(i => i != id)];
        report.Detect($"layout: one row a series, named by column '{header.Names[id]}', up to {values.Length} values");
        return new CsvRoles(CsvLayout.WideRows, id, -1, values, [], [], true);
    }

    private void CheckNoColumnTwice(CsvRoles roles)
    {
        int[] all = [.. roles.Numbers, .. new[] { roles.Id, roles.Time }.Where(i => i >= 0)];
        foreach (var group in all.GroupBy(i => i))
            if (group.Count() > 1)
                throw new SchemaException(
                    $"column '{header.Names[group.Key]}' is given two parts. Give it one.",
                    file,
                    Line,
                    header.Names[group.Key]);
    }

    private void Report(CsvRoles roles, int[] unused)
    {
        string Names(int[] columns) => OneLine.List([.. columns.Select(i => header.Names[i])]);
        report.Detect(roles.Layout == CsvLayout.Long
            ? $"layout: one row a series and time, series named by column '{header.Names[roles.Id]}'"
            : "layout: one row a time, one column a series");
        report.Detect(roles.Time >= 0 ? $"time: column '{header.Names[roles.Time]}'" : "time: no column of times, rows are numbered");
        report.Detect($"target: {Names(roles.Targets)}" + (roles.TargetsTold ? "" : " (not told; chosen because numeric)"));
        if (roles.Covariates.Length > 0) report.Detect($"covariates: {Names(roles.Covariates)}");
        if (roles.Statics.Length > 0) report.Detect($"static covariates: {Names(roles.Statics)}");
        if (unused.Length > 0) report.Warn($"columns not used: {Names(unused)}");
    }

    private long? Line => header.Line > 0 ? header.Line : null;
}
