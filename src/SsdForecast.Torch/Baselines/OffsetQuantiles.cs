using static TorchSharp.torch;

namespace SsdForecast.Torch.Baselines;

/// <summary>Empirical quantiles of scaled residuals, a lead time: what turns a point forecast into an interval.</summary>
public static class OffsetQuantiles
{
    /// <summary>Most residuals a lead time that are kept; more add nothing to a quantile.</summary>
    public const int Capacity = 20_000;

    /// <summary>Quantiles over the rows where the mask is 1.</summary>
    /// <param name="residuals"><c>(N, H, K)</c>: K residuals a lead time, one a level (K = Q) or one for all (K = 1).</param>
    /// <param name="mask"><c>(N, H)</c>.</param>
    /// <param name="levels">Levels, Q of them.</param>
    /// <returns><c>(H, Q)</c>; 0 for a lead time without residuals.</returns>
    public static Tensor Of(Tensor residuals, Tensor mask, IReadOnlyList<double> levels)
    {
        // Masked residuals sort to the end; the quantile is then found among the first `count`.
        var (n, h, k) = (residuals.shape[0], residuals.shape[1], residuals.shape[2]);
        if (n == 0) return zeros(h, levels.Count, device: residuals.device);
        var excluded = (mask < 0.5).unsqueeze(-1).expand(n, h, k);
        var sorted = residuals.masked_fill(excluded, double.PositiveInfinity).sort(0).Values;
        var count = mask.sum(0L);                                            // (H)
        var columns = new List<Tensor>();
        for (var q = 0; q < levels.Count; q++)
        {
            // The smallest value with at least a share of `level` at or below it: (count + 1)·level, the conformal rank.
            var rank = ((count + 1) * levels[q]).ceil() - 1;
            var index = minimum(rank.clamp_min(0), (count - 1).clamp_min(0)).to_type(ScalarType.Int64);
            var value = sorted.select(2, k == 1 ? 0 : q).gather(0, index.unsqueeze(0)).squeeze(0);
            columns.Add(where(count > 0, value, zeros_like(value)));
        }
        return stack(columns, -1);
    }
}
