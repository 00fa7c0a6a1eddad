namespace SsdForecast.Streaming;

/// <summary>
/// Adaptive conformal quantiles: each level has an offset that rises after a value above its quantile and falls after one below, so that in the long run
/// a part <c>τ</c> of all values lies below level <c>τ</c>, whatever the values do.
/// </summary>
/// <remarks>
/// <para>
/// The step of quantile tracking (Angelopoulos, Candès and Tibshirani 2023, "Conformal PID control", arXiv 2307.16895; Gibbs and Candès 2021,
/// arXiv 2106.00170): <c>offset += η (τ − 1[y ≤ q + offset])</c>. As the steps add up to the offset, <c>|mean(τ − 1[…])| = |offset_T − offset_0| / (η T)</c>,
/// and the offset cannot leave the range of the scores by more than one step.
/// </para>
/// <para>Offsets are in units of the scale <c>σ_t</c> of the model's window, and live in memory of the caller.</para>
/// </remarks>
public static class QuantileTracker
{
    /// <summary>Moves the offsets by one value.</summary>
    /// <param name="offsets">One a level, changed.</param>
    /// <param name="levels">Levels τ in (0, 1).</param>
    /// <param name="quantiles">The model's quantiles, one a level.</param>
    /// <param name="scale">The unit of the offsets, positive, in the unit of the value.</param>
    /// <param name="step">η, in units of <paramref name="scale"/>.</param>
    /// <param name="value">What came.</param>
    public static void Update(Span<float> offsets, ReadOnlySpan<double> levels, ReadOnlySpan<double> quantiles, double scale, double step, double value)
    {
        for (var i = 0; i < offsets.Length; i++)
            offsets[i] += (float)(step * (levels[i] - (value <= quantiles[i] + (scale * offsets[i]) ? 1 : 0)));
    }

    /// <summary>Adds the offsets to quantiles and sorts these: an order that tracking has upset is set right.</summary>
    /// <param name="quantiles">One a level, changed.</param>
    public static void Apply(ReadOnlySpan<float> offsets, double scale, Span<double> quantiles)
    {
        for (var i = 0; i < quantiles.Length; i++) quantiles[i] += scale * offsets[i];
        quantiles.Sort();
    }
}
