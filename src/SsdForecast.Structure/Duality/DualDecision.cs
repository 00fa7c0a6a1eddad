namespace SsdForecast.Structure;

/// <summary>Whether a masked-attention dual of a width exists, and why not.</summary>
/// <param name="Width">The width asked for.</param>
/// <param name="Mask">The masks allowed.</param>
/// <param name="Blocks">The blocks that a mask can separate, each with its new columns; the theorem compares these with the width.</param>
public sealed record DualDecision(int Width, MaskKind Mask, IReadOnlyList<SemiseparableBlock> Blocks)
{
    /// <summary>Whether every block has at most <see cref="Width"/> new columns: exactly then a dual of that width exists.</summary>
    public bool Exists => Required <= Width;

    /// <summary>The least width of a dual.</summary>
    public int Required => Blocks.Max(b => b.NewColumns);

    /// <summary>The decision in a sentence.</summary>
    public string Reason
    {
        get
        {
            var widest = Blocks.MaxBy(b => b.NewColumns)!;
            var where = $"the block of rows {widest.Start} to {widest.Last} has {widest.NewColumns} new columns";
            return Exists
                ? $"a dual of width {Width} exists: of {Blocks.Count} block{(Blocks.Count == 1 ? "" : "s")}, none has more than {Required} new columns"
                : $"no masked-attention dual of width {Width} exists{(Mask == MaskKind.Fine ? " with a mask that is nowhere zero" : "")}: {where}, more than {Width}; no cut splits it{(Mask == MaskKind.Fine ? " without a zero in the mask" : "")}";
        }
    }

    internal static void CheckWidth(int width)
    {
        if (width < 1) throw new ArgumentOutOfRangeException(nameof(width), $"the width is {width}; a dual has at least 1");
    }
}
