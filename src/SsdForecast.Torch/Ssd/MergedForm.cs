using static TorchSharp.torch;

namespace SsdForecast.Torch.Ssd;

/// <summary>
/// The quasiseparable operator in one chunked pass. Suffix states first (a reverse sweep over chunk states only), then per chunk one
/// <c>q × q</c> matrix that holds both triangles and the diagonal, one product with the values, and the two state terms.
/// </summary>
/// <remarks>
/// The shift of the operator moves into the output maps: row <c>i</c> reads <c>C_f[i−1]</c> with decay measured to <c>i−1</c>, and <c>C_r[i+1]</c>
/// with decay measured to <c>i+1</c>; so both triangles are strict and the diagonal is free.
/// </remarks>
internal static class MergedForm
{
    public static Tensor Run(QuasiseparableInputs inputs, SsdOptions options)
    {
        var f = Discretised.From(inputs.ForwardInputs, options);
        var dtype = f.B.dtype;
        var (batch, length, heads) = (f.Batch, f.Length, f.Heads);
        var q = (int)Math.Min(options.ChunkSize, length);
        var chunks = (length + q - 1) / q;
        var padding = chunks * q - length;

        var x = Chunk(inputs.X.to_type(dtype), chunks, padding);
        var diagonal = Chunk(inputs.Diagonal.to_type(dtype).unsqueeze(-1), chunks, padding).squeeze(-1);   // (b, h, c, q)
        var forward = Side.From(f, chunks, padding);
        // The reverse side is the forward side of the flipped sequence; the padding comes first there, so its chunks line up.
        var reverse = Side.From(Discretised.From(inputs.ReverseInputs, options), chunks, padding, padFirst: true);

        var mixing = forward.Scores + reverse.Scores.flip(2, 3, 4) + diag_embed(diagonal);
        var y = matmul(mixing, x) + forward.FromStates(x) + reverse.FromStates(x.flip(2, 3)).flip(2, 3);
        y = y.permute(0, 2, 3, 1, 4).reshape(batch, chunks * q, heads, x.shape[^1]);
        return padding == 0 ? y : y.narrow(1, 0, length);
    }

    private static Tensor Chunk(Tensor t, long chunks, long padding, bool padFirst = false)
    {
        if (padding > 0)
        {
            var pad = zeros(t.shape[0], padding, t.shape[2], t.shape[3], dtype: t.dtype, device: t.device);
            t = cat(padFirst ? [pad, t] : [t, pad], 1);
        }
        return t.reshape(t.shape[0], chunks, t.shape[1] / chunks, t.shape[2], t.shape[3]).permute(0, 3, 1, 2, 4);
    }

    /// <summary>One direction, in its own time order: strict scores inside chunks, and what the states before each chunk give.</summary>
    private sealed record Side(Tensor Scores, Tensor ShiftedC, Tensor B, Tensor FromStart, Tensor ToEnd, Tensor Carried)
    {
        public static Side From(Discretised d, long chunks, long padding, bool padFirst = false)
        {
            var shifted = cat([zeros_like(d.C.narrow(1, 0, 1)), d.C.narrow(1, 0, d.Length - 1)], 1);
            var c = Chunk(shifted, chunks, padding, padFirst);
            var b = Chunk(d.B * d.Weight.unsqueeze(-1), chunks, padding, padFirst);
            var log = Chunk(d.LogDecay.unsqueeze(-1), chunks, padding, padFirst).squeeze(-1);   // (b, h, c, q)
            var cumulative = Decay.Cumulative(log);
            var q = log.shape[^1];
            // Decay measured to the position before the row: exclusive sums, 0 at the first row of a chunk.
            var before = cat([zeros_like(cumulative.narrow(-1, 0, 1)), cumulative.narrow(-1, 0, q - 1)], -1);
            var difference = (before.unsqueeze(-1) - cumulative.unsqueeze(-2)).clamp_max(0).to_type(d.B.dtype);
            var onOrAbove = ones(q, q, dtype: ScalarType.Bool, device: log.device).triu();
            var mask = difference.masked_fill(onOrAbove, double.NegativeInfinity).exp();
            return new Side(
                matmul(c, b.transpose(-2, -1)) * mask,
                c,
                b,
                Decay.FromStart(before, d.B.dtype).unsqueeze(-1),
                Decay.ToEnd(cumulative, d.B.dtype).unsqueeze(-1),
                Decay.FromStart(cumulative.narrow(-1, q - 1, 1), d.B.dtype).unsqueeze(-1));
        }

        public Tensor FromStates(Tensor x)
        {
            var added = matmul(x.transpose(-2, -1), B * ToEnd);             // (b, h, c, p, n)
            var state = zeros_like(added.select(2, 0));
            var before = new Tensor[added.shape[2]];
            for (var i = 0; i < before.Length; i++)
            {
                before[i] = state;
                state = state * Carried.select(2, i) + added.select(2, i);
            }
            return matmul(ShiftedC * FromStart, stack(before, 2).transpose(-2, -1));
        }
    }
}
