using static TorchSharp.torch;

namespace SsdForecast.Torch.Ssd;

/// <summary>
/// The recurrence, as it is written: the definition that every other form is tested against. One pass over time, O(l·h·p·n) work, one state in memory.
/// Source: Dao and Gu 2024, equation 1; diagonal A as in Hu et al. 2025, algorithm 1.
/// </summary>
internal static class RecurrentForm
{
    public static SsdOutput Run(Discretised d)
    {
        var state = d.Initial;                                              // (b, h, p, n)
        var decay = d.LogDecay.exp();
        decay = d.IsDiagonal ? decay.unsqueeze(3) : decay.unsqueeze(-1).unsqueeze(-1);   // (b, l, h, 1, n or 1)
        var outputs = new Tensor[d.Length];
        for (long t = 0; t < d.Length; t++)
        {
            var kept = decay.select(1, t) * state;
            if (t > 0 && d.SequenceIndex is { } seq)
                kept = kept * (seq.select(1, t) == seq.select(1, t - 1)).to_type(kept.dtype).reshape(-1, 1, 1, 1);
            state = kept + d.Xdt.select(1, t).unsqueeze(-1) * d.B.select(1, t).unsqueeze(-2);
            outputs[t] = (state * d.C.select(1, t).unsqueeze(-2)).sum(-1);
        }
        return new SsdOutput(stack(outputs, 1), state);
    }
}
