namespace SsdForecast.Reports;

/// <summary>A straight guide across the whole plot: the origin of a forecast, or a reference value.</summary>
public sealed record RuleLayer : Layer
{
    private RuleLayer(bool vertical, double at, string? label) : base(null, Tone.Muted)
    {
        IsVertical = vertical;
        At = at;
        Label = label;
    }

    /// <summary>True: at one position, from bottom to top. False: at one value, from left to right.</summary>
    public bool IsVertical { get; }

    /// <summary>The position, or the value.</summary>
    public double At { get; }

    /// <summary>Written at its end; null: nothing.</summary>
    public string? Label { get; }

    /// <summary>The pattern.</summary>
    public LineDash Dash { get; init; } = LineDash.Dashed;

    /// <summary>A rule at a position.</summary>
    public static RuleLayer Vertical(double x, string? label = null) => new(true, x, label);

    /// <summary>A rule at a value.</summary>
    public static RuleLayer Horizontal(double y, string? label = null) => new(false, y, label);
}
