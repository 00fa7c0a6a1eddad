using SsdForecast.Torch.Cuda;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Ssd;

/// <summary>How the bidirectional operator is evaluated. The answer is the same.</summary>
public enum QuasiseparableForm
{
    /// <summary>The fastest form that the inputs and the device allow.</summary>
    Auto,

    /// <summary>Two causal passes, stacked on the batch axis: <c>shift(SS(x)) + flip(shift(SS(flip x))) + δ·x</c>.</summary>
    TwoPasses,

    /// <summary>One chunked pass with a merged mask: half the reads and writes of two passes.</summary>
    Merged,

    /// <summary>The fused SIMD kernel of <c>SsdForecast.Runtime</c>: one merged pass (CPU, one group count for both directions).</summary>
    Kernel,

    /// <summary>The dense mixing matrix times the values: O(l²), the proof.</summary>
    Dense,
}

/// <summary>The bidirectional SSD operator: a quasiseparable matrix mixer. Source: Hwang et al. 2024 (Hydra), arXiv 2407.09941.</summary>
public static class QuasiseparableOperator
{
    /// <summary>Runs the operator over a sequence.</summary>
    /// <param name="inputs">The operands; see <see cref="QuasiseparableInputs"/> for shapes and the matrix.</param>
    /// <param name="options">Chunk size and step-size treatment; its <see cref="SsdOptions.Form"/> applies to the passes of <see cref="QuasiseparableForm.TwoPasses"/>.</param>
    /// <param name="form">How to evaluate it.</param>
    /// <returns>Outputs, <c>(b, l, h, p)</c>, differentiable.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static Tensor Run(QuasiseparableInputs inputs, SsdOptions? options = null, QuasiseparableForm form = QuasiseparableForm.Auto)
    {
        options ??= SsdOptions.Default;
        inputs.Validate();
        if (inputs.ForwardInputs.HasMamba3Options && form != QuasiseparableForm.TwoPasses) return RunReduced(inputs, options, form);
        if (form == QuasiseparableForm.Auto)
            form = QuasiseparableKernelForm.Applies(inputs) ? QuasiseparableForm.Kernel : OnCuda(inputs) ? QuasiseparableForm.TwoPasses : QuasiseparableForm.Merged;
        if (form == QuasiseparableForm.Kernel && !QuasiseparableKernelForm.Applies(inputs))
            throw new ArgumentException("the kernel form takes float32 or float64 CPU tensors and as many groups in both directions; use QuasiseparableForm.Merged", nameof(form));
        var y = form switch
        {
            QuasiseparableForm.TwoPasses => TwoPasses(inputs, options),
            QuasiseparableForm.Merged => MergedForm.Run(inputs, options),
            QuasiseparableForm.Kernel => QuasiseparableKernelForm.Run(inputs, options),
            QuasiseparableForm.Dense => matmul(MixingMatrix(inputs, options), inputs.X.permute(0, 2, 1, 3).to_type(inputs.Forward.Dt.dtype)).permute(0, 2, 1, 3),
            _ => throw new ArgumentOutOfRangeException(nameof(form), form, "unknown form"),
        };
        return y.to_type(inputs.X.dtype);
    }

    /// <summary>
    /// With Mamba-3 options: one plain pass over the reduced inputs of both directions. What the plain causal pass counts too early at step i − 1 now
    /// stands in row i, beside the diagonal.
    /// </summary>
    private static Tensor RunReduced(QuasiseparableInputs inputs, SsdOptions options, QuasiseparableForm form)
    {
        var (f, r) = (PlainPass.From(inputs.ForwardInputs, options), PlainPass.From(inputs.ReverseInputs, options));
        var plain = inputs with
        {
            DtBias = null,
            Forward = new(f.Inputs.Dt, f.Inputs.B, f.Inputs.C) { Gain = f.Inputs.Gain },
            Reverse = new(r.Inputs.Dt.flip(1), r.Inputs.B.flip(1), r.Inputs.C.flip(1)) { Gain = r.Inputs.Gain?.flip(1) },
        };
        var y = Run(plain, f.Options, form);
        if (f.CountedEarly is not { } before || r.CountedEarly is not { } after) return y;
        return y - (Shift(before) + Shift(after).flip(1)).to_type(y.dtype);
    }

    /// <summary>Whether the fused CUDA kernels take both passes.</summary>
    private static bool OnCuda(QuasiseparableInputs inputs)
        => inputs.Forward.B.shape[2] == inputs.Reverse.B.shape[2] && inputs.Reverse.C.shape[2] == inputs.Reverse.B.shape[2] && CudaForm.Applies(inputs.ForwardInputs);

    private static Tensor TwoPasses(QuasiseparableInputs inputs, SsdOptions options)
    {
        var (f, r) = (inputs.ForwardInputs, inputs.ReverseInputs);
        var both = new SsdInputs
        {
            X = cat([f.X, r.X], 0),
            Dt = cat([f.Dt, r.Dt], 0),
            A = f.A,
            B = cat([f.B, r.B], 0),
            C = cat([f.C, r.C], 0),
            DtBias = f.DtBias,
            Gain = Both(f.Gain, r.Gain),
            Lambda = Both(f.Lambda, r.Lambda),
            Rotation = Both(f.Rotation, r.Rotation),
        };
        var y = Shift(SsdOperator.Run(both, options with { FinalStates = false }).Y);
        var batch = f.Batch;
        var direct = inputs.Diagonal.to_type(y.dtype).unsqueeze(-1) * inputs.X.to_type(y.dtype);
        return y.narrow(0, 0, batch) + y.narrow(0, batch, batch).flip(1) + direct;
    }

    private static Tensor? Both(Tensor? forward, Tensor? reverse) => forward is null ? null : cat([forward, reverse!], 0);

    /// <summary>The dense mixing matrix of every head, <c>(b, h, l, l)</c>: <c>y_i = Σ_j m_ij x_j</c>. For proofs and pictures; O(l²) memory.</summary>
    /// <param name="inputs">The operands.</param>
    /// <param name="options">Step-size treatment.</param>
    public static Tensor MixingMatrix(QuasiseparableInputs inputs, SsdOptions? options = null)
    {
        options ??= SsdOptions.Default;
        inputs.Validate();
        var lower = StrictlyLower(PlainPass.From(inputs.ForwardInputs, options));
        var upper = StrictlyLower(PlainPass.From(inputs.ReverseInputs, options)).flip(-2, -1);
        return lower + upper + diag_embed(inputs.Diagonal.to_type(lower.dtype).transpose(1, 2));
    }

    /// <summary><c>C[i−1]·exp(Σ_{j+1..i−1} log a)·weight_j B_j</c> for i &gt; j, else 0: the causal matrix shifted down by one row.</summary>
    private static Tensor StrictlyLower(PlainPass pass)
    {
        var d = Discretised.From(pass.Inputs, pass.Options);
        var b = (d.B * d.Weight.unsqueeze(-1)).permute(0, 2, 1, 3);
        var c = d.C.permute(0, 2, 1, 3);
        var mask = Decay.Mask(Decay.Cumulative(d.LogDecay.permute(0, 2, 1)), b.dtype);
        var causal = matmul(c, b.transpose(-2, -1)) * mask;
        if (pass.EarlyWeight is { } early) causal = causal - diag_embed(early.to_type(causal.dtype).transpose(1, 2));
        var l = causal.shape[^1];
        var top = zeros([.. causal.shape[..2], 1, l], dtype: causal.dtype, device: causal.device);
        return cat([top, causal.narrow(2, 0, l - 1)], 2);
    }

    /// <summary>Right shift by one step with zero fill.</summary>
    private static Tensor Shift(Tensor y)
        => cat([zeros_like(y.narrow(1, 0, 1)), y.narrow(1, 0, y.shape[1] - 1)], 1);
}
