namespace SsdForecast.Runtime;

/// <summary>A block of consecutive positions of one series on its way through the layers: what one stage of <see cref="PrefillStep"/> leaves for the next.</summary>
internal sealed class PrefillPart(int width)
{
    private readonly AlignedFloats _residual = new(PrefillStep.BlockLength * width);
    private readonly float[] _elapsed = new float[PrefillStep.BlockLength];
    private readonly (double Skip, double Sigma)[] _scales = new (double, double)[PrefillStep.BlockLength];

    /// <summary>The first of its events among the accepted ones.</summary>
    public int First { get; set; }

    /// <summary>Positions, at most <see cref="PrefillStep.BlockLength"/>.</summary>
    public int Count { get; set; }

    /// <summary>The residual stream, <c>(BlockLength, width)</c>.</summary>
    public Span<float> Residual => _residual.Span;

    /// <summary><c>δ_t</c>, elapsed time in steps.</summary>
    public Span<float> Elapsed => _elapsed;

    /// <summary>The skip of lead time 1 and σ at each position.</summary>
    public Span<(double Skip, double Sigma)> Scales => _scales;
}
