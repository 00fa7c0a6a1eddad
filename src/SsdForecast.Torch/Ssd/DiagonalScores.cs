using static TorchSharp.torch;

namespace SsdForecast.Torch.Ssd;

/// <summary>
/// The scores <c>Σ_n C_in B_jn exp(cs_in − cs_jn)</c>, i ≥ j, inside a chunk when every state has its own decay. A single product
/// <c>(C·exp(cs))(B·exp(−cs))ᵀ</c> would overflow; two levels keep every exponent ≤ 0: between sub-chunks both sides are measured from the end of
/// the sub-chunk before the row, inside a sub-chunk the sum is taken element by element.
/// </summary>
internal static class DiagonalScores
{
    private const int SubChunk = 16;

    /// <summary>The scores of every chunk.</summary>
    /// <param name="c">Output maps, <c>(b, h, c, q, n)</c>.</param>
    /// <param name="b">Input maps, <c>(b, h, c, q, n)</c>.</param>
    /// <param name="cumulative">Inclusive cumulative log decay inside the chunk, float64, <c>(b, h, c, q, n)</c>.</param>
    /// <param name="dtype">Working precision.</param>
    /// <returns>Scores, <c>(b, h, c, q, q)</c>, zero above the diagonal.</returns>
    public static Tensor Run(Tensor c, Tensor b, Tensor cumulative, ScalarType dtype)
    {
        var q = c.shape[3];
        var rows = new List<Tensor>();
        for (long start = 0; start < q; start += SubChunk)
        {
            var size = Math.Min(SubChunk, q - start);
            var here = cumulative.narrow(3, start, size);
            var parts = new List<Tensor>();
            if (start > 0)
            {
                var reference = cumulative.narrow(3, start - 1, 1);
                var earlier = cumulative.narrow(3, 0, start);
                var cHere = c.narrow(3, start, size) * (here - reference).clamp_max(0).to_type(dtype).exp();
                var bEarlier = b.narrow(3, 0, start) * (reference - earlier).clamp_max(0).to_type(dtype).exp();
                parts.Add(matmul(cHere, bEarlier.transpose(-2, -1)));
            }
            var mask = Decay.Mask(here.transpose(-2, -1), dtype);           // (b, h, c, n, s, s)
            parts.Add(einsum("bhcin,bhcjn,bhcnij->bhcij", c.narrow(3, start, size), b.narrow(3, start, size), mask));
            var after = q - start - size;
            if (after > 0) parts.Add(zeros([.. c.shape[..3], size, after], dtype: dtype, device: c.device));
            rows.Add(cat(parts, -1));
        }
        return cat(rows, -2);
    }
}
