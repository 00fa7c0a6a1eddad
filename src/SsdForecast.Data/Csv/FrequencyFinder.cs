namespace SsdForecast.Data;

/// <summary>Settles one frequency for all series of a file, or that they are events.</summary>
internal static class FrequencyFinder
{
    // So few rows cannot contradict the frequency of the others.
    private const int FewRows = 5;

    /// <summary>The frequency; null for events.</summary>
    /// <exception cref="FrequencyException">Series of differing frequencies.</exception>
    public static Frequency? Find(IReadOnlyList<SortedRows> groups, string file, CsvSchema schema, ReportBuilder report)
    {
        if (schema.Spacing == Spacing.Irregular)
        {
            report.Detect("frequency: none, rows are kept as events (told)");
            return null;
        }

        if (schema.Frequency is { } told)
        {
            report.Detect($"frequency: {told} (told)");
            return told;
        }

        if (schema.Spacing == Spacing.Regular) return OfCommonest(groups, file, report);
        var decided = groups.Select(g => (Rows: g, Decision: SpacingDecision.Of(g, file))).Where(d => d.Decision.Kind != SpacingKind.Unknown).ToList();
        if (decided.Count == 0)
            throw new NotEnoughDataException(
                "no series has two rows at different times, so there is no frequency. A series needs at least two.",
                file,
                groups[0].Lines[0]);

        var enough = decided.Any(d => d.Rows.Count >= FewRows) ? decided.Where(d => d.Rows.Count >= FewRows).ToList() : decided;
        if (enough.Find(d => d.Decision.Kind == SpacingKind.Irregular) is { Rows: { } events, Decision: { } why })
        {
            report.Detect($"frequency: none, rows are kept as events ({(events.Id is null ? "" : events.Called + ": ")}{why.Reason})");
            return null;
        }

        var common = enough.GroupBy(d => d.Decision.Frequency!.Value).OrderByDescending(g => g.Sum(d => d.Rows.Count)).First();
        if (enough.Find(d => d.Decision.Frequency != common.Key) is { Rows: { } other, Decision: { } otherwise })
        {
            var usual = common.First().Rows;
            throw new FrequencyException(
                $"two frequencies in one file: {other.Called} has {otherwise.Frequency}, but {usual.Called} (line {usual.Lines[0]}) has {common.Key}. Split the file, or pass --frequency to put all on one grid.",
                file,
                other.Lines[0]);
        }

        report.Detect($"frequency: {common.Key} ({(enough.Count > 1 ? $"all of {enough.Count} series" : common.First().Decision.Reason)})");
        return common.Key;
    }

    private static Frequency OfCommonest(IReadOnlyList<SortedRows> groups, string file, ReportBuilder report)
    {
        var longest = groups.MaxBy(g => g.Count)!;
        var steps = new TimeSteps(longest.Ticks, clock: true);
        if (steps.Common.Count == 0)
            throw new NotEnoughDataException(
                "no series has two rows at different times, so there is no frequency. A series needs at least two.",
                file,
                longest.Lines[0]);
        var frequency = TimeSteps.FrequencyOf(steps.Common[0])
            ?? throw new FrequencyException(
                $"the commonest step, {new TimeSpan(steps.Common[0])}, is no whole number of seconds. Pass --frequency or --spacing irregular.",
                file);
        report.Detect($"frequency: {frequency} (the commonest step; a regular grid was told)");
        return frequency;
    }
}
