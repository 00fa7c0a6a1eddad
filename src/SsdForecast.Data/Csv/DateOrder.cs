namespace SsdForecast.Data;

/// <summary>Decides between day first and month first from a whole file, or refuses.</summary>
internal static class DateOrder
{
    public static TimeFormKind Decide(string file, CsvRecords records, CsvHeader header, CsvRoles roles, CsvSchema schema)
    {
        var day = new TimeForm(TimeFormKind.DayFirst);
        var month = new TimeForm(TimeFormKind.MonthFirst);
        using var reader = records.Open();
        if (schema.HasHeader) records.Next(reader);
        long firstLine = 0;
        var firstText = "";
        while (records.Next(reader))
        {
            var cell = reader.GetSpan(roles.Time);
            if (cell.IsEmpty) continue;
            if (!day.TryRead(cell, out _)) return TimeFormKind.MonthFirst;
            if (!month.TryRead(cell, out _)) return TimeFormKind.DayFirst;
            if (firstLine > 0) continue;
            firstLine = reader.LineNumber;
            firstText = reader.GetString(roles.Time);
        }

        throw new BadTimeException(
            $"'{OneLine.Short(firstText)}' may be day first or month first, and no row of the file decides. Pass --time-format day_first or --time-format month_first.",
            file,
            firstLine,
            header.Names[roles.Time],
            firstText);
    }
}
