namespace SsdForecast.Data;

/// <summary>Reads a CSV text from header to table: detect, parse, sort, put on a grid, report.</summary>
internal static class TableReader
{
    public static SeriesTable Read(CsvText text, CsvSchema schema)
    {
        var report = new ReportBuilder(text.Name);
        var records = new CsvRecords(text, schema);
        var numbers = new NumberCell(schema);
        var header = CsvHeader.Read(records, text, schema);
        var sample = CsvSample.Read(records, schema, numbers);
        if (sample.Rows.Count == 0)
            throw new NotEnoughDataException("the file has a header and no rows. It needs at least two rows.", text.Name, header.Line);

        report.Delimiter = records.Delimiter;
        report.Detect($"delimiter: {DelimiterName(records.Delimiter)}" + (schema.Delimiter is null ? " (from the header)" : " (told)"));
        var roles = new RoleDetector(text.Name, header, sample, schema, report).Detect();
        report.Schema = schema with
        {
            Layout = roles.Layout,
            IdColumn = roles.Id >= 0 ? header.Names[roles.Id] : null,
            TimeColumn = roles.Time >= 0 ? header.Names[roles.Time] : null,
            TargetColumns = roles.Layout == CsvLayout.WideRows ? null : [.. roles.Targets.Select(i => header.Names[i])],
        };
        if (roles.Layout == CsvLayout.WideRows) return WideRowsReader.Read(text.Name, records, header, roles, schema, numbers, report);

        var form = FindTimeForm(text, records, header, sample, roles, schema, report);
        var groups = new RowsReader(text.Name, records, header, roles, schema, numbers, report).Read(form);
        if (report.RowsRead < 2)
            throw new NotEnoughDataException("the file has one row of data. A series needs at least two.", text.Name, groups[0].Lines[0]);
        return new TableBuilder(text.Name, header, roles, schema, form, report).Build(groups);
    }

    private static TimeForm? FindTimeForm(
        CsvText text,
        CsvRecords records,
        CsvHeader header,
        CsvSample sample,
        CsvRoles roles,
        CsvSchema schema,
        ReportBuilder report)
    {
        if (roles.Time < 0) return null;
        var column = header.Names[roles.Time];
        if (schema.Frequency?.Unit == FrequencyUnit.Ordinal)
        {
            report.Detect($"times: column '{column}' is not read, since the frequency was told to be ordinal");
            return null;
        }

        var told = TimeForm.Told(schema.TimeFormat, text.Name);
        var form = told ?? Detect();
        var order = TimeForm.OrderName(form.Kind);
        var wasTold = told is not null || (order is not null && TimeForm.ToldOrder(schema.TimeFormat) == form.Kind);
        report.Detect($"time format: {form.Description}" + (wasTold ? " (told)" : ""));
        // The row that decided the order has none like it, perhaps, in a file or stream of the same form.
        report.Schema = report.Schema! with { TimeFormat = schema.TimeFormat ?? order };
        return form;

        TimeForm Detect()
        {
            var cells = sample.Cells(roles.Time);
            var kinds = TimeFormDetector.OfTimes(cells, TimeForm.ToldOrder(schema.TimeFormat));
            if (kinds.Count == 1) return new TimeForm(kinds[0]);
            if (kinds.Count > 1) return new TimeForm(DateOrder.Decide(text.Name, records, header, roles, schema));
            if (cells.Count == 0)
                throw new BadTimeException("the column has no times. Name another with --time-column.", text.Name, sample.Lines[0], column);
            var row = sample.Rows.FindIndex(r => roles.Time < r.Length && r[roles.Time] == cells[0]);
            throw new BadTimeException(
                $"'{OneLine.Short(cells[0])}' is not a time in a form that is known. Pass --time-format with a .NET date pattern such as dd/MM/yyyy, or --frequency ordinal to number the rows.",
                text.Name,
                sample.Lines[row],
                column,
                cells[0]);
        }
    }

    private static string DelimiterName(char delimiter) => delimiter switch
    {
        ',' => "comma",
        ';' => "semicolon",
        '\t' => "tab",
        '|' => "bar",
        _ => $"'{delimiter}'",
    };
}
