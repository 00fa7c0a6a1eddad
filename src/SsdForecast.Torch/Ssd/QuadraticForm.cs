using static TorchSharp.torch;

namespace SsdForecast.Torch.Ssd;

/// <summary>
/// Masked attention: <c>Y = (L ∘ C Bᵀ)(dt·X)</c> with the decay mask <c>L_ij = exp(Σ_{k=j+1..i} log a_k)</c>, i ≥ j. The dual of the recurrence;
/// O(l²) work and memory. Source: Dao and Gu 2024, section 3.
/// </summary>
internal static class QuadraticForm
{
    public static SsdOutput Run(Discretised d)
    {
        var x = d.Xdt.permute(0, 2, 1, 3);                                  // (b, h, l, p)
        var b = d.B.permute(0, 2, 1, 3);                                    // (b, h, l, n)
        var c = d.C.permute(0, 2, 1, 3);
        var log = d.IsDiagonal ? d.LogDecay.permute(0, 2, 3, 1) : d.LogDecay.permute(0, 2, 1);   // (b, h, [n,] l)
        var cumulative = Decay.Cumulative(log);
        var mask = Decay.Mask(cumulative, log.dtype);                       // (b, h, [n,] l, l)
        if (d.SequenceIndex is { } seq)
            mask = mask * Decay.SameSequence(seq, seq, mask.dtype, d.IsDiagonal);
        var mixing = d.IsDiagonal
            ? einsum("bhin,bhjn,bhnij->bhij", c, b, mask)
            : matmul(c, b.transpose(-2, -1)) * mask;
        var y = matmul(mixing, x);

        // What the initial state still says at each position, and what is left of everything at the end.
        var fromStart = Decay.FromStart(cumulative, log.dtype);             // (b, h, [n,] l)
        var toEnd = Decay.ToEnd(cumulative, log.dtype);
        if (d.SequenceIndex is { } s)
        {
            var first = s.narrow(1, 0, 1);
            var last = s.narrow(1, d.Length - 1, 1);
            fromStart = fromStart * Decay.SameSequence(s, first, mask.dtype, d.IsDiagonal).squeeze(-1);
            toEnd = toEnd * Decay.SameSequence(s, last, mask.dtype, d.IsDiagonal).squeeze(-1);
        }
        var (start, end) = d.IsDiagonal
            ? (fromStart.transpose(-2, -1), toEnd.transpose(-2, -1))        // (b, h, l, n)
            : (fromStart.unsqueeze(-1), toEnd.unsqueeze(-1));               // (b, h, l, 1)
        y = y + matmul(c * start, d.Initial.transpose(-2, -1));
        var kept = d.Initial * start.narrow(2, d.Length - 1, 1);            // (b, h, p, n)
        var final = kept + matmul(x.transpose(-2, -1), b * end);
        return new SsdOutput(y.permute(0, 2, 1, 3), final);
    }
}
