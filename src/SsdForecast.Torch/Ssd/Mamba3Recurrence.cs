using static TorchSharp.torch;

namespace SsdForecast.Torch.Ssd;

/// <summary>
/// The recurrence with Mamba-3 options, as it is defined: two inputs a step and a state that turns. What <see cref="PlainPass"/> is tested against.
/// <code>
/// S_t = exp(dt_t·A)·(S_{t−1} + (1 − λ_t)·dt_t·x_{t−1}·B_{t−1}ᵀ)·R_t + λ_t·dt_t·x_t·B_tᵀ          y_t = S_t·C_t + D·x_t
/// </code>
/// Source: Mamba-3, arXiv 2603.15569.
/// </summary>
internal static class Mamba3Recurrence
{
    public static SsdOutput Run(SsdInputs inputs, SsdOptions options)
    {
        var d = Discretised.From(inputs, options);
        var work = d.B.dtype;
        var h = inputs.Heads;
        var dt = Discretised.StepSize(inputs, options, work);
        var x = Discretised.PerHead(inputs.X.to_type(work), h);
        var velocity = inputs.Rotation is null ? null : Discretised.PerHead(inputs.Rotation.to_type(work), h);
        var decay = d.LogDecay.exp();
        decay = d.IsDiagonal ? decay.unsqueeze(3) : decay.unsqueeze(-1).unsqueeze(-1);      // (b, l, h, 1, n or 1)
        var lambda = inputs.Lambda?.to_type(work);

        var state = d.Initial;                                                              // (b, h, p, n)
        var b = inputs.PreviousB is null ? zeros_like(d.B.select(1, 0)) : Discretised.PerHead(inputs.PreviousB.to_type(work).unsqueeze(1), h).squeeze(1);
        var v = inputs.PreviousX is null ? zeros_like(x.select(1, 0)) : Discretised.PerHead(inputs.PreviousX.to_type(work).unsqueeze(1), h).squeeze(1);
        var outputs = new Tensor[d.Length];
        for (long t = 0; t < d.Length; t++)
        {
            if (t > 0 && d.SequenceIndex is { } seq)
            {
                var same = (seq.select(1, t) == seq.select(1, t - 1)).to_type(work).reshape(-1, 1, 1);
                (state, b, v) = (state * same.unsqueeze(-1), b * same, v * same);
            }
            var step = dt.select(1, t).unsqueeze(-1);                                       // (b, h, 1)
            var end = d.Weight.select(1, t).unsqueeze(-1);
            if (lambda is not null)
            {
                end = step * lambda.select(1, t).unsqueeze(-1);
                state = state + Outer((step - end) * v, b);
            }
            if (velocity is not null) state = Rotation.Turn(state, -(step * velocity.select(1, t)).unsqueeze(2));
            state = (decay.select(1, t) * state) + Outer(end * x.select(1, t), d.B.select(1, t));
            outputs[t] = (state * d.C.select(1, t).unsqueeze(-2)).sum(-1);
            var passed = inputs.Elapsed is { } elapsed ? (elapsed.select(1, t) > 0).reshape(-1, 1, 1) : null;
            b = passed is null ? d.B.select(1, t) : where(passed, d.B.select(1, t), b);
            v = passed is null ? x.select(1, t) : where(passed, x.select(1, t), v);
        }
        var output = new SsdOutput(Discretised.AddDirectPath(stack(outputs, 1), inputs), state);
        return lambda is null ? output : output with { LastB = Every(b, inputs.B.shape[2]), LastX = Every(v, inputs.X.shape[2]) };
    }

    private static Tensor Outer(Tensor x, Tensor b) => x.unsqueeze(-1) * b.unsqueeze(-2);

    /// <summary>The heads that read different groups: <c>(b, h, k)</c> → <c>(b, g, k)</c>.</summary>
    private static Tensor Every(Tensor t, long groups) => t.reshape(t.shape[0], groups, -1, t.shape[2]).select(2, 0);
}
