namespace SsdForecast.Structure;

/// <summary>What the heads of a trained causal model do on a window of a real series.</summary>
public sealed record InspectionReport
{
    /// <summary>The model's hash.</summary>
    public required string Model { get; init; }

    /// <summary>The series.</summary>
    public required string Series { get; init; }

    /// <summary>First row of the window.</summary>
    public required int Start { get; init; }

    /// <summary>Rows of the window.</summary>
    public required int Length { get; init; }

    /// <summary>Time of the first row; null without timestamps.</summary>
    public required DateTime? From { get; init; }

    /// <summary>Time of the last row; null without timestamps.</summary>
    public required DateTime? To { get; init; }

    /// <summary>Layers of the model.</summary>
    public required int Layers { get; init; }

    /// <summary>Heads of a layer.</summary>
    public required int HeadsOfLayer { get; init; }

    /// <summary>State numbers of a channel, <c>N</c>.</summary>
    public required int StateSize { get; init; }

    /// <summary>Every head, layers first.</summary>
    public required IReadOnlyList<HeadReport> Heads { get; init; }

    /// <summary>The heads of a layer.</summary>
    public IReadOnlyList<HeadReport> OfLayer(int layer) => [.. Heads.Where(h => h.Layer == layer)];
}
