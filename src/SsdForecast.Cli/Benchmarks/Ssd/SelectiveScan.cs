using SsdForecast.Torch.Ssd;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Cli.Benchmarks.Ssd;

/// <summary>
/// The selective scan as one writes it with torch operators: every state of a piece of time in memory, <c>(b, t, h, p, n)</c>, and a parallel prefix over
/// <c>t</c>, the recurrence <c>H_t = a_t·H_{t−1} + (dt·x)_t B_tᵀ</c> being associative. Gu and Dao 2023 (arXiv 2312.00752) do the same in one CUDA kernel,
/// and like them this keeps no states for the backward pass but computes each piece again. Generous to itself: in place, with work linear in t, and with
/// one decay for all of a head's states.
/// </summary>
internal static class SelectiveScan
{
    /// <summary>The operator's output <c>(b, l, h, p)</c>, differentiable in X, Dt, A, B, C and D.</summary>
    /// <param name="inputs">One group of B and C; no bias, initial state, elapsed time or sequence index.</param>
    /// <param name="piece">Positions whose states are in memory at once, at least 1.</param>
    public static Tensor Run(SsdInputs inputs, int piece)
    {
        var decay = (inputs.Dt * inputs.A).exp();
        var y = Function.apply(inputs.X * inputs.Dt.unsqueeze(-1), decay, inputs.B.squeeze(2), inputs.C.squeeze(2), piece);
        return inputs.D is null ? y : y + inputs.D.unsqueeze(-1) * inputs.X;
    }

    /// <summary>In place: <c>values_t += decay_t·values_{t−1}</c> over dimension 1, from the start on or, <paramref name="reverse"/>, from the end on. Brent and Kung's prefix: 2t combinations.</summary>
    internal static void Prefix(Tensor decay, Tensor values, bool reverse)
    {
        var length = values.shape[1];
        Tensor At(Tensor t, long first, long step, long count) => reverse
            ? t.slice(1, length - 1 - first - step * (count - 1), length - first, step)
            : t.slice(1, first, first + step * (count - 1) + 1, step);
        using var products = decay.clone();
        long span = 1;
        for (; 2 * span <= length; span *= 2)
        {
            using var scope = NewDisposeScope();
            var count = length / (2 * span);
            var (to, from) = (2 * span - 1, span - 1);
            At(values, to, 2 * span, count).addcmul_(At(products, to, 2 * span, count), At(values, from, 2 * span, count), 1);
            At(products, to, 2 * span, count).mul_(At(products, from, 2 * span, count));
        }
        for (span /= 2; span >= 1; span /= 2)
        {
            using var scope = NewDisposeScope();
            var count = (length - span) / (2 * span);
            if (count <= 0) continue;
            var (to, from) = (3 * span - 1, 2 * span - 1);
            At(values, to, 2 * span, count).addcmul_(At(products, to, 2 * span, count), At(values, from, 2 * span, count), 1);
        }
    }

    /// <summary>The states of a piece, <c>(b, t, h, p, n)</c>.</summary>
    private static Tensor States(Tensor x, Tensor decay, Tensor b, Tensor? before)
    {
        var states = x.unsqueeze(-1) * b.unsqueeze(2).unsqueeze(2);
        var wide = decay.unsqueeze(-1).unsqueeze(-1);
        if (before is not null) states.select(1, 0).addcmul_(wide.select(1, 0), before, 1);
        Prefix(wide, states, reverse: false);
        return states;
    }

    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        public override string Name => "SelectiveScan";

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (x, decay, b, c, piece) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Tensor)vars[3], (int)vars[4]);
            var y = empty_like(x);
            var starts = new List<Tensor>();
            Tensor? before = null;
            for (long start = 0; start < x.shape[1]; start += piece)
            {
                using var scope = NewDisposeScope();
                Tensor Part(Tensor t) => t.narrow(1, start, Math.Min(piece, t.shape[1] - start));
                var states = States(Part(x), Part(decay), Part(b), before);
                Part(y).copy_(matmul(states.flatten(2, 3), Part(c).unsqueeze(-1)).reshape(Part(x).shape));
                before = states.select(1, states.shape[1] - 1).clone().MoveToOuterDisposeScope();
                starts.Add(before);
            }
            ctx.save_for_backward([x, decay, b, c, .. starts]);
            ctx.save_data("piece", piece);
            return y;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            var saved = ctx.get_saved_variables();
            var (x, decay, b, c, piece) = (saved[0], saved[1], saved[2], saved[3], (int)ctx.get_data("piece"));
            var (dx, dDecay, dB, dC) = (empty_like(x), empty_like(decay), empty_like(b), empty_like(c));
            Tensor? carried = null;
            for (var i = (x.shape[1] - 1) / piece; i >= 0; i--)
            {
                using var scope = NewDisposeScope();
                var start = i * piece;
                Tensor Part(Tensor t) => t.narrow(1, start, Math.Min(piece, t.shape[1] - start));
                var before = i == 0 ? null : saved[3 + (int)i];
                var states = States(Part(x), Part(decay), Part(b), before);
                var (t, gradY) = (states.shape[1], Part(grad_output));
                Part(dC).copy_(matmul(gradY.flatten(2, 3).unsqueeze(2), states.flatten(2, 3)).squeeze(2));

                // The gradient of the states runs backward in time by the same recurrence, each step by the decay of the step after it.
                var grad = gradY.unsqueeze(-1) * Part(c).unsqueeze(2).unsqueeze(2);
                if (carried is not null) grad.select(1, t - 1).add_(carried);
                var wide = Part(decay).unsqueeze(-1).unsqueeze(-1);
                Prefix(cat([wide.narrow(1, 1, t - 1), ones_like(wide.narrow(1, 0, 1))], 1), grad, reverse: true);
                carried = (grad.select(1, 0) * wide.select(1, 0)).MoveToOuterDisposeScope();

                Part(dx).copy_(matmul(grad.flatten(2, 3), Part(b).unsqueeze(-1)).reshape(gradY.shape));
                Part(dB).copy_(matmul(Part(x).flatten(2, 3).unsqueeze(2), grad.flatten(2, 3)).squeeze(2));
                var first = before is null ? zeros_like(Part(decay).narrow(1, 0, 1)) : (grad.narrow(1, 0, 1) * before.unsqueeze(1)).sum([3L, 4L]);
                var rest = (grad.narrow(1, 1, t - 1) * states.narrow(1, 0, t - 1)).sum([3L, 4L]);
                Part(dDecay).copy_(cat([first, rest], 1));
            }
            return [dx, dDecay, dB, dC, null!];
        }
    }
}
