using static TorchSharp.torch;

namespace SsdForecast.Torch.Ssd;

/// <summary>
/// Chunks of <c>q</c> positions: inside a chunk masked attention, between chunks a recurrence over their states. Four steps
/// (Dao and Gu 2024, section 6):
/// <list type="number">
/// <item>intra: <c>Y_c = (L_c ∘ C_c B_cᵀ) X_c</c></item>
/// <item>state: <c>S_c = Σ_j exp(cs_q − cs_j) x_j B_jᵀ</c></item>
/// <item>pass: <c>H_{c+1} = exp(cs_q) H_c + S_c</c></item>
/// <item>inter: <c>Y_c[i] += exp(cs_i) H_c C_i</c></item>
/// </list>
/// Work O(l·q·(n + p) + l·n·p), all of it in matrix products but for step 3; memory O(l·q) a head.
/// </summary>
internal static class ChunkedForm
{
    public static SsdOutput Run(Discretised d, int chunkSize)
    {
        var q = (int)Math.Min(chunkSize, d.Length);
        var chunks = (d.Length + q - 1) / q;
        var padding = chunks * q - d.Length;
        // A padded step has decay 1 and no input: it leaves no trace in the state.
        var x = Chunk(d.Xdt, chunks, padding);                              // (b, h, c, q, p)
        var b = Chunk(d.B, chunks, padding);                                // (b, h, c, q, n)
        var c = Chunk(d.C, chunks, padding);
        var log = Chunk(d.IsDiagonal ? d.LogDecay : d.LogDecay.unsqueeze(-1), chunks, padding);   // (b, h, c, q, n or 1)
        var runs = d.SequenceIndex is { } seq ? RunMasks.From(seq, chunks, q, padding, x.dtype) : null;

        var cumulative = Decay.Cumulative(log.transpose(-2, -1));           // (b, h, c, n or 1, q)
        var fromStart = Decay.FromStart(cumulative, x.dtype).transpose(-2, -1);   // (b, h, c, q, n or 1)
        var toEnd = Decay.ToEnd(cumulative, x.dtype).transpose(-2, -1);
        var carried = fromStart.narrow(3, q - 1, 1);                        // (b, h, c, 1, n or 1): decay over the whole chunk
        if (runs is not null)
        {
            fromStart = fromStart * runs.WithPreviousChunk;
            toEnd = toEnd * runs.WithChunkEnd;
            carried = carried * runs.PreviousWithChunkEnd;
        }

        var scores = d.IsDiagonal
            ? DiagonalScores.Run(c, b, cumulative.transpose(-2, -1), x.dtype)
            : matmul(c, b.transpose(-2, -1)) * Decay.Mask(cumulative.squeeze(3), x.dtype);
        if (runs is not null) scores = scores * runs.WithinChunk;
        var intra = matmul(scores, x);

        var added = matmul(x.transpose(-2, -1), b * toEnd);                 // (b, h, c, p, n)
        var (before, final) = Pass(added, carried, d.Initial);
        var inter = matmul(c * fromStart, before.transpose(-2, -1));

        var y = (intra + inter).permute(0, 2, 3, 1, 4).reshape(d.Batch, chunks * q, d.Heads, d.HeadDim);
        return new SsdOutput(padding == 0 ? y : y.narrow(1, 0, d.Length), final);
    }

    /// <summary>The recurrence over chunk states: the state before each chunk <c>(b, h, c, p, n)</c>, and after the last.</summary>
    private static (Tensor Before, Tensor Final) Pass(Tensor added, Tensor carried, Tensor initial)
    {
        // Not select: the gradient of each select is a tensor of the whole's size, and all of them together quadratic in the length.
        var (decays, states) = (carried.unbind(2), added.unbind(2));
        var before = new Tensor[states.Length];
        var state = initial;
        for (var c = 0; c < before.Length; c++)
        {
            before[c] = state;
            state = state * decays[c] + states[c];
        }
        return (stack(before, 2), state);
    }

    private static Tensor Chunk(Tensor t, long chunks, long padding)
    {
        var (batch, length, heads, width) = (t.shape[0], t.shape[1], t.shape[2], t.shape[3]);
        if (padding > 0) t = cat([t, zeros(batch, padding, heads, width, dtype: t.dtype, device: t.device)], 1);
        return t.reshape(batch, chunks, (length + padding) / chunks, heads, width).permute(0, 3, 1, 2, 4);
    }

    /// <summary>Where two positions belong to the same run of a sequence; all <c>(b, 1, c, …)</c>.</summary>
    private sealed record RunMasks(Tensor WithinChunk, Tensor WithChunkEnd, Tensor WithPreviousChunk, Tensor PreviousWithChunkEnd)
    {
        public static RunMasks From(Tensor runs, long chunks, long q, long padding, ScalarType dtype)
        {
            var length = runs.shape[1];
            var last = runs.narrow(1, length - 1, 1);
            if (padding > 0) runs = cat([runs, last.expand(-1, padding)], 1);
            var chunked = runs.reshape(runs.shape[0], chunks, q);           // (b, c, q)
            var ends = chunked.narrow(2, q - 1, 1);                         // (b, c, 1)
            var previous = cat([chunked.narrow(1, 0, 1).narrow(2, 0, 1), ends.narrow(1, 0, chunks - 1)], 1);
            return new RunMasks(
                (chunked.unsqueeze(-1) == chunked.unsqueeze(-2)).to_type(dtype).unsqueeze(1),
                (chunked == ends).to_type(dtype).unsqueeze(1).unsqueeze(-1),
                (chunked == previous).to_type(dtype).unsqueeze(1).unsqueeze(-1),
                (ends == previous).to_type(dtype).unsqueeze(1).unsqueeze(-1));
        }
    }
}
