namespace SsdForecast.Structure;

/// <summary>Which window of a series a model is inspected on.</summary>
public sealed record InspectorOptions
{
    /// <summary>Rows of the window, <c>T</c>, 8 to 4096. Default 256. A shorter series is taken whole.</summary>
    public int Window { get; init; } = 256;

    /// <summary>The row after the window's last. Default null: the window ends at the last observed value.</summary>
    public int? End { get; init; }

    /// <summary>
    /// Rows that the model sees before the window, so that its statistics and convolutions are those of a running model. Default null: the model's
    /// lookback.
    /// </summary>
    public int? WarmUp { get; init; }

    /// <summary>Rows of a mixing matrix as it is reported, 8 to 200; a longer window is summarised to as many. Default 40.</summary>
    public int DisplaySize { get; init; } = 40;

    internal void Validate()
    {
        Range(nameof(Window), Window, 8, 4096);
        Range(nameof(DisplaySize), DisplaySize, 8, 200);
        if (WarmUp is { } w) Range(nameof(WarmUp), w, 0, 1_000_000);
    }

    private static void Range(string name, int value, int low, int high)
    {
        if (value < low || value > high) throw new ArgumentOutOfRangeException(name, $"{name} is {value}; it must lie between {low} and {high}");
    }
}
