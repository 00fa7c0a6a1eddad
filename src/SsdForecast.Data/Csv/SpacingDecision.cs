namespace SsdForecast.Data;

/// <summary>What the times of one series look like.</summary>
internal enum SpacingKind
{
    /// <summary>Fewer than two rows tell nothing.</summary>
    Unknown,

    /// <summary>A grid.</summary>
    Regular,

    /// <summary>Events.</summary>
    Irregular,
}

/// <summary>Decides whether the rows of a series lie on a grid, and on which; see <see cref="Spacing.Auto"/> for the rule.</summary>
/// <param name="Kind">Grid or events.</param>
/// <param name="Frequency">The commonest step; null where it is none of whole seconds or months.</param>
/// <param name="Reason">Why, in a few words for the report.</param>
internal sealed record SpacingDecision(SpacingKind Kind, Frequency? Frequency, string Reason)
{
    private const double LeastOnGrid = 0.9;
    private const double MostFilled = 3;

    /// <summary>Judges one series.</summary>
    /// <param name="rows">Sorted, without duplicate times.</param>
    /// <exception cref="FrequencyException">The step changes for good within the series.</exception>
    public static SpacingDecision Of(SortedRows rows, string file)
    {
        if (rows.Count < 2) return new SpacingDecision(SpacingKind.Unknown, null, "one row");
        var steps = new TimeSteps(rows.Ticks, clock: true);
        if (steps.Change() is var change and >= 0)
        {
            var (before, after) = steps.Around(change);
            throw new FrequencyException(
                $"two frequencies in {rows.Called}: the step is {Name(before)} up to this row and {Name(after)} from it on. Split the file, or pass --frequency or --spacing irregular.",
                file,
                rows.Lines[change]);
        }

        if (TimeSteps.FrequencyOf(steps.Common[0]) is not { } frequency)
            return new SpacingDecision(SpacingKind.Irregular, null, "the commonest step is no whole number of seconds");

        var grid = TimeGrid.Through(rows.Ticks, frequency);
        var onGrid = rows.Ticks.Count(t =>
        {
            grid.CellOf(t, out var exact);
            return exact;
        }) / (double)rows.Count;
        var filled = (grid.CellOf(rows.Ticks[^1], out _) - grid.CellOf(rows.Ticks[0], out _) + 1) / (double)rows.Count;
        var gaps = filled <= 1 ? "no gaps" : FormattableString.Invariant($"with its gaps filled {filled:0.##} times as many rows");
        var facts = FormattableString.Invariant($"commonest step {frequency}, {100 * onGrid:0.#} % of rows on its grid, {gaps}");
        var regular = onGrid >= LeastOnGrid && filled <= MostFilled;
        return new SpacingDecision(regular ? SpacingKind.Regular : SpacingKind.Irregular, frequency, facts);
    }

    private static string Name(long label) => TimeSteps.FrequencyOf(label)?.ToString() ?? new TimeSpan(label).ToString();
}
