namespace SsdForecast.Reports;

/// <summary>A mark on an axis.</summary>
/// <param name="Value">Where, in data coordinates.</param>
/// <param name="Label">What is written; empty: a mark without text.</param>
/// <param name="Context">The larger unit that begins here (the day over hours, the year over months), written below; null: none.</param>
internal readonly record struct Tick(double Value, string Label, string? Context = null);

/// <summary>The ticks of an axis and how to write any value of it.</summary>
/// <param name="Ticks">The ticks, ascending.</param>
internal sealed record TickSet(IReadOnlyList<Tick> Ticks)
{
    /// <summary>Whether a second line of labels is needed.</summary>
    public bool HasContext => Ticks.Any(t => t.Context is not null);
}
