using static TorchSharp.torch;

namespace SsdForecast.Torch.Ssd;

/// <summary>
/// Decays over stretches of time, from the log decay of single steps along the last axis.
/// </summary>
/// <remarks>
/// A decay between two positions is the exponential of a difference of cumulative sums. In float32 that difference cancels (a step of −1000 beside
/// one of −0.001 loses the second), so the sums and their differences are float64, whatever the storage type; they are small. Every exponent is
/// at most 0, so nothing overflows.
/// </remarks>
internal static class Decay
{
    /// <summary>Inclusive cumulative sums in float64 along the last axis.</summary>
    public static Tensor Cumulative(Tensor logDecay) => logDecay.to_type(ScalarType.Float64).cumsum(-1);

    /// <summary>Lower-triangular decay mask <c>exp(cs_i − cs_j)</c>, i ≥ j, zero above: <c>(…, l)</c> → <c>(…, l, l)</c>.</summary>
    public static Tensor Mask(Tensor cumulative, ScalarType dtype)
    {
        var l = cumulative.shape[^1];
        var difference = (cumulative.unsqueeze(-1) - cumulative.unsqueeze(-2)).clamp_max(0).to_type(dtype);
        var above = ones(l, l, dtype: ScalarType.Bool, device: cumulative.device).triu(1);
        return difference.masked_fill(above, double.NegativeInfinity).exp();
    }

    /// <summary>Decay from before the first position to each position: <c>exp(cs_i)</c>.</summary>
    public static Tensor FromStart(Tensor cumulative, ScalarType dtype) => cumulative.to_type(dtype).exp();

    /// <summary>Decay from each position to the last: <c>exp(cs_l − cs_j)</c>.</summary>
    public static Tensor ToEnd(Tensor cumulative, ScalarType dtype)
        => (cumulative.narrow(-1, cumulative.shape[^1] - 1, 1) - cumulative).clamp_max(0).to_type(dtype).exp();

    /// <summary>1 where row and column belong to the same sequence: <c>(b, i), (b, j)</c> → <c>(b, 1, i, j)</c>, or <c>(b, 1, 1, i, j)</c>.</summary>
    public static Tensor SameSequence(Tensor rows, Tensor columns, ScalarType dtype, bool diagonal)
    {
        var same = (rows.unsqueeze(-1) == columns.unsqueeze(-2)).to_type(dtype).unsqueeze(1);
        return diagonal ? same.unsqueeze(1) : same;
    }
}
