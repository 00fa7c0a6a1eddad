namespace SsdForecast.Reports;

/// <summary>What an axis measures.</summary>
public enum AxisKind
{
    /// <summary>Numbers.</summary>
    Number,

    /// <summary>Times, as <see cref="ChartTime"/> numbers them; ticks follow the calendar.</summary>
    Time,

    /// <summary>Names; the category with index <c>i</c> lies at the coordinate <c>i</c>.</summary>
    Category,
}

/// <summary>One axis of a chart. Limits that are null are taken from the layers.</summary>
public sealed record Axis
{
    private Axis(AxisKind kind) => Kind = kind;

    /// <summary>What is measured.</summary>
    public AxisKind Kind { get; }

    /// <summary>What is measured, in words.</summary>
    public string? Label { get; init; }

    /// <summary>The unit, written after the label.</summary>
    public string? Unit { get; init; }

    /// <summary>A logarithmic scale. What is not positive is then missing.</summary>
    public bool Log { get; init; }

    /// <summary>Ticks at whole numbers only: counts, steps, lead times.</summary>
    public bool WholeNumbers { get; init; }

    /// <summary>How many whole numbers make a round, such as 24 for hours: ticks then stand at parts and multiples of it. 0: ticks are decimal.</summary>
    public int Cycle { get; init; }

    /// <summary>The axis starts at zero when no value is negative.</summary>
    public bool FromZero { get; init; }

    /// <summary>The lower limit; null: from the layers.</summary>
    public double? Min { get; init; }

    /// <summary>The upper limit; null: from the layers.</summary>
    public double? Max { get; init; }

    /// <summary>The names of a category axis.</summary>
    public IReadOnlyList<string> Categories { get; private init; } = [];

    /// <summary>Label and unit as one text, or null when there is neither.</summary>
    public string? Caption => (Label, Unit) switch
    {
        (null or "", null or "") => null,
        (null or "", _) => Unit,
        (_, null or "") => Label,
        _ => $"{Label}, {Unit}",
    };

    /// <summary>An axis of numbers.</summary>
    public static Axis Number(string? label = null, string? unit = null) => new(AxisKind.Number) { Label = label, Unit = unit };

    /// <summary>An axis of times.</summary>
    public static Axis Time(string? label = null) => new(AxisKind.Time) { Label = label };

    /// <summary>An axis of names.</summary>
    /// <exception cref="ArgumentException">There is no name.</exception>
    public static Axis Category(IReadOnlyList<string> names, string? label = null)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count == 0) throw new ArgumentException("a category axis needs at least one name", nameof(names));
        return new(AxisKind.Category) { Categories = names, Label = label };
    }
}
