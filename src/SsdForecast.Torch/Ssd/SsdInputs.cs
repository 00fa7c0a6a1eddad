using static TorchSharp.torch;

namespace SsdForecast.Torch.Ssd;

/// <summary>
/// What the SSD operator takes, in the shapes of state-spaces/mamba: <c>b</c> batch, <c>l</c> length, <c>h</c> heads, <c>p</c> head dimension,
/// <c>n</c> state size.
/// </summary>
/// <remarks>
/// <para>
/// The recurrence, for each head with state <c>S (p, n)</c>:
/// <c>S_t = exp(dt_t·A)·S_{t−1} + dt_t·x_t·B_tᵀ</c> and <c>y_t = S_t·C_t + D·x_t</c>.
/// </para>
/// <para>
/// Options of Mamba-3 (arXiv 2603.15569), each by itself or together. <see cref="Lambda"/> is the trapezoidal rule: the input of a step is taken in part
/// where the step begins. <see cref="Rotation"/> turns pairs of states by <c>R_t</c>, through the angle <c>−dt_t·Rotation_t</c>:
/// <c>S_t = exp(dt_t·A)·(S_{t−1} + (1 − λ_t)·dt_t·x_{t−1}·B_{t−1}ᵀ)·R_t + λ_t·dt_t·x_t·B_tᵀ</c>.
/// </para>
/// <para>
/// <c>X</c>, <c>B</c> and <c>C</c> may each have any number of heads that divides <c>h</c> (the heads of <c>Dt</c>): head <c>i</c> reads their
/// group <c>i / (h / groups)</c>. That gives the patterns of Dao and Gu 2024, section 7.2, by shapes alone: multi-input (Mamba-2: X h, B 1, C 1),
/// multi-contract (X 1, B 1, C h), multi-expand (X 1, B h, C 1), multi-head (all h) and grouped-input (X h, B g, C g).
/// </para>
/// </remarks>
public sealed record SsdInputs
{
    /// <summary>Values, <c>(b, l, h, p)</c>, or with fewer heads that divide <c>h</c>.</summary>
    public required Tensor X { get; init; }

    /// <summary>Step sizes, <c>(b, l, h)</c>; raw (before bias and softplus) with <see cref="SsdOptions.DtSoftplus"/>.</summary>
    public required Tensor Dt { get; init; }

    /// <summary>
    /// Weight of the input term <c>x_t·B_tᵀ</c>, <c>(b, l, h)</c>, taken as it is: it replaces the step size there, which then only decays. The step
    /// size when null. Not together with <see cref="Lambda"/>.
    /// </summary>
    public Tensor? Gain { get; init; }

    /// <summary>
    /// Trapezoidal rule, <c>(b, l, h)</c> in [0, 1]: the share λ of a step's input that is taken where the step ends; the rest is the input of the step
    /// before, taken where this one begins. 1 everywhere is the plain operator, as is null. Positions of elapsed time 0 are passed over.
    /// </summary>
    public Tensor? Lambda { get; init; }

    /// <summary>
    /// Angular velocity, <c>(b, l, g, a)</c> with groups <c>g</c> that divide <c>h</c> and <c>2a ≤ n</c>, in radians per unit of time: over a step, state
    /// <c>k &lt; a</c> turns against state <c>k + a</c> by <c>dt·Rotation</c>. None when null. Needs one decay rate a head.
    /// </summary>
    public Tensor? Rotation { get; init; }

    /// <summary>With <see cref="Lambda"/>: <c>B</c> of the step before the first, <c>(b, g, n)</c>; none when null.</summary>
    public Tensor? PreviousB { get; init; }

    /// <summary>With <see cref="Lambda"/>: <c>X</c> of the step before the first, <c>(b, heads of X, p)</c>; none when null.</summary>
    public Tensor? PreviousX { get; init; }

    /// <summary>Decay rates, negative: <c>(h)</c>, one a head (scalar-identity SSD), or <c>(h, n)</c>, one a state (diagonal SSD).</summary>
    public required Tensor A { get; init; }

    /// <summary>Input maps ("keys"), <c>(b, l, g, n)</c>.</summary>
    public required Tensor B { get; init; }

    /// <summary>Output maps ("queries"), <c>(b, l, g, n)</c>.</summary>
    public required Tensor C { get; init; }

    /// <summary>Direct path, <c>(h)</c> or <c>(h, p)</c>; none when null.</summary>
    public Tensor? D { get; init; }

    /// <summary>Added to <see cref="Dt"/> before softplus, <c>(h)</c>.</summary>
    public Tensor? DtBias { get; init; }

    /// <summary>State before the first step, <c>(b, h, p, n)</c>; zero when null.</summary>
    public Tensor? InitialStates { get; init; }

    /// <summary>
    /// Elapsed time, <c>(b, l)</c>, ≥ 0: multiplies the step size of every head after softplus and limits, so that irregular events decay by the
    /// clock. A step of elapsed time 0 changes nothing and leaves no trace: that is how padding is written.
    /// </summary>
    public Tensor? Elapsed { get; init; }

    /// <summary>Which sequence each position belongs to, <c>(b, l)</c> int64: the state is reset wherever it changes.</summary>
    public Tensor? SequenceIndex { get; init; }

    /// <summary>Batch size.</summary>
    public long Batch => Dt.shape[0];

    /// <summary>Sequence length.</summary>
    public long Length => Dt.shape[1];

    /// <summary>Number of heads.</summary>
    public long Heads => Dt.shape[2];

    /// <summary>Head dimension.</summary>
    public long HeadDim => X.shape[3];

    /// <summary>State size.</summary>
    public long StateSize => B.shape[3];

    /// <summary>Whether <see cref="A"/> has a rate for every state.</summary>
    public bool IsDiagonal => A.dim() == 2;

    /// <summary>Whether the recurrence is not the plain one.</summary>
    internal bool HasMamba3Options => Lambda is not null || Rotation is not null;

    /// <summary>Checks every shape against the others.</summary>
    /// <exception cref="ArgumentException">A shape does not fit; the message names the tensor and both shapes. Or two options exclude each other.</exception>
    public void Validate()
    {
        Require(Dt.dim() == 3, nameof(Dt), Dt, "(b, l, h)");
        var (b, l, h) = (Batch, Length, Heads);
        Require(l > 0, nameof(Dt), Dt, "(b, l, h) with l > 0");
        Require(X.dim() == 4 && X.shape[0] == b && X.shape[1] == l && h % X.shape[2] == 0, nameof(X), X, $"({b}, {l}, heads dividing {h}, p)");
        Require(B.dim() == 4 && B.shape[0] == b && B.shape[1] == l && h % B.shape[2] == 0, nameof(B), B, $"({b}, {l}, groups dividing {h}, n)");
        var n = StateSize;
        Require(C.dim() == 4 && C.shape[0] == b && C.shape[1] == l && h % C.shape[2] == 0 && C.shape[3] == n, nameof(C), C, $"({b}, {l}, groups dividing {h}, {n})");
        Require(A.dim() is 1 or 2 && A.shape[0] == h && (A.dim() == 1 || A.shape[1] == n), nameof(A), A, $"({h}) or ({h}, {n})");
        Require(D is null || (D.dim() is 1 or 2 && D.shape[0] == h && (D.dim() == 1 || D.shape[1] == HeadDim)), nameof(D), D, $"({h}) or ({h}, {HeadDim})");
        Require(DtBias is null || (DtBias.dim() == 1 && DtBias.shape[0] == h), nameof(DtBias), DtBias, $"({h})");
        Require(InitialStates is null || InitialStates.shape.AsSpan().SequenceEqual([b, h, HeadDim, n]), nameof(InitialStates), InitialStates, $"({b}, {h}, {HeadDim}, {n})");
        Require(Elapsed is null || Elapsed.shape.AsSpan().SequenceEqual([b, l]), nameof(Elapsed), Elapsed, $"({b}, {l})");
        Require(Gain is null || Gain.shape.AsSpan().SequenceEqual([b, l, h]), nameof(Gain), Gain, $"({b}, {l}, {h})");
        Require(Lambda is null || Lambda.shape.AsSpan().SequenceEqual([b, l, h]), nameof(Lambda), Lambda, $"({b}, {l}, {h})");
        Require(
            Rotation is null || (Rotation.dim() == 4 && Rotation.shape[0] == b && Rotation.shape[1] == l && h % Rotation.shape[2] == 0 && 2 * Rotation.shape[3] <= n),
            nameof(Rotation), Rotation, $"({b}, {l}, groups dividing {h}, at most {n / 2})");
        Require(PreviousB is null || PreviousB.shape.AsSpan().SequenceEqual([b, B.shape[2], n]), nameof(PreviousB), PreviousB, $"({b}, {B.shape[2]}, {n})");
        Require(PreviousX is null || PreviousX.shape.AsSpan().SequenceEqual([b, X.shape[2], HeadDim]), nameof(PreviousX), PreviousX, $"({b}, {X.shape[2]}, {HeadDim})");
        if (Gain is not null && Lambda is not null) throw new ArgumentException("Gain and Lambda both weigh the input; give one of them.", nameof(Gain));
        if (PreviousB is null != PreviousX is null) throw new ArgumentException("PreviousB and PreviousX are one step's; give both or neither.", nameof(PreviousB));
        if (PreviousB is not null && Lambda is null) throw new ArgumentException("only the trapezoidal rule reads the step before; give Lambda or drop PreviousB and PreviousX.", nameof(PreviousB));
        if (Rotation is not null && IsDiagonal) throw new ArgumentException("rotated states come in pairs that decay alike; give one decay rate a head in A, or drop Rotation.", nameof(Rotation));
        Require(SequenceIndex is null || SequenceIndex.shape.AsSpan().SequenceEqual([b, l]), nameof(SequenceIndex), SequenceIndex, $"({b}, {l})");
    }

    private static void Require(bool holds, string name, Tensor? tensor, string expected)
    {
        if (!holds)
            throw new ArgumentException($"{name} has shape ({string.Join(", ", tensor!.shape)}); expected {expected}.", name);
    }
}

/// <summary>How the SSD operator is evaluated. The answer does not depend on <see cref="Form"/> or <see cref="ChunkSize"/>.</summary>
public sealed record SsdOptions
{
    /// <summary>The plain defaults.</summary>
    public static SsdOptions Default { get; } = new();

    /// <summary>Which form computes the answer; <see cref="SsdForm.Auto"/> takes the fastest that applies.</summary>
    public SsdForm Form { get; init; } = SsdForm.Auto;

    /// <summary>Positions a chunk in the chunked form, at least 1. Default 64.</summary>
    public int ChunkSize { get; init; } = 64;

    /// <summary>Whether <c>dt</c> goes through softplus (after its bias). Default false.</summary>
    public bool DtSoftplus { get; init; }

    /// <summary>Smallest step size after softplus. Default 0.</summary>
    public double DtLimitLow { get; init; }

    /// <summary>Largest step size after softplus. Default +∞.</summary>
    public double DtLimitHigh { get; init; } = double.PositiveInfinity;

    /// <summary>
    /// Whether the state after the last step is wanted; on short sequences it is larger than the outputs. Where it is not, the fused CUDA kernels do
    /// without it and <see cref="SsdOutput.FinalStates"/> is empty; other forms give it all the same. Default true.
    /// </summary>
    public bool FinalStates { get; init; } = true;
}

/// <summary>The forms of the operator. One answer.</summary>
public enum SsdForm
{
    /// <summary>The fastest form that the inputs and the device allow.</summary>
    Auto,

    /// <summary>Step by step: O(l) work, the form that serves streams.</summary>
    Recurrent,

    /// <summary>Attention inside chunks, a recurrence between them: O(l) work, nearly all of it in matrix products.</summary>
    Chunked,

    /// <summary>Masked attention, O(l²): the dual.</summary>
    Quadratic,

    /// <summary>
    /// The fused kernel: on the CPU that of <c>SsdForecast.Runtime</c> (SIMD, float32 or float64), on CUDA those of <c>Cuda/</c> (bfloat16, float16 or
    /// float32); scalar-identity A.
    /// </summary>
    Kernel,
}

/// <summary>What the SSD operator gives.</summary>
/// <param name="Y">Outputs, <c>(b, l, h, p)</c>, in the dtype of <c>X</c>.</param>
/// <param name="FinalStates">State after the last step, <c>(b, h, p, n)</c>, float32 (float64 when the inputs are).</param>
public readonly record struct SsdOutput(Tensor Y, Tensor FinalStates)
{
    /// <summary>With <see cref="SsdInputs.Lambda"/>: <c>B</c> of the last step, <c>(b, g, n)</c>, for the next call's <see cref="SsdInputs.PreviousB"/>.</summary>
    public Tensor? LastB { get; init; }

    /// <summary>With <see cref="SsdInputs.Lambda"/>: <c>X</c> of the last step, <c>(b, heads of X, p)</c>, for <see cref="SsdInputs.PreviousX"/>.</summary>
    public Tensor? LastX { get; init; }
}
