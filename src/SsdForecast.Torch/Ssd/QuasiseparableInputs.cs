using static TorchSharp.torch;

namespace SsdForecast.Torch.Ssd;

/// <summary>
/// What the bidirectional (quasiseparable) operator takes. One set of values, two directions that each have step sizes and input and output maps of
/// their own, and a free diagonal. Source: Hwang et al. 2024 (Hydra), arXiv 2407.09941.
/// </summary>
/// <remarks>
/// Row <c>i</c> of the mixing matrix, per head, with <c>f</c> forward and <c>r</c> reverse:
/// <c>m_ij = C_f[i−1]·exp(Σ_{k=j+1..i−1} dt_f[k]·A)·dt_f[j]·B_f[j]</c> for <c>j &lt; i</c>, <c>δ_i</c> on the diagonal, and
/// <c>m_ij = C_r[i+1]·exp(Σ_{k=i+1..j−1} dt_r[k]·A)·dt_r[j]·B_r[j]</c> for <c>j &gt; i</c>.
/// </remarks>
public sealed record QuasiseparableInputs
{
    /// <summary>Values, <c>(b, l, h, p)</c>.</summary>
    public required Tensor X { get; init; }

    /// <summary>Diagonal of the mixing matrix, <c>(b, l, h)</c>.</summary>
    public required Tensor Diagonal { get; init; }

    /// <summary>Decay rates, negative, <c>(h)</c>, shared by both directions.</summary>
    public required Tensor A { get; init; }

    /// <summary>Step sizes, input maps and output maps of what comes from before.</summary>
    public required Direction Forward { get; init; }

    /// <summary>Step sizes, input maps and output maps of what comes from after.</summary>
    public required Direction Reverse { get; init; }

    /// <summary>Added to both step sizes before softplus, <c>(h)</c>; none when null.</summary>
    public Tensor? DtBias { get; init; }

    /// <summary>One direction.</summary>
    /// <param name="Dt">Step sizes, <c>(b, l, h)</c>; raw with <see cref="SsdOptions.DtSoftplus"/>.</param>
    /// <param name="B">Input maps, <c>(b, l, g, n)</c>.</param>
    /// <param name="C">Output maps, <c>(b, l, g, n)</c>.</param>
    public sealed record Direction(Tensor Dt, Tensor B, Tensor C)
    {
        /// <inheritdoc cref="SsdInputs.Gain"/>
        public Tensor? Gain { get; init; }

        /// <summary>Trapezoidal rule, <c>(b, l, h)</c>; see <see cref="SsdInputs.Lambda"/>. The step before is the one before in this direction's time.</summary>
        public Tensor? Lambda { get; init; }

        /// <inheritdoc cref="SsdInputs.Rotation"/>
        public Tensor? Rotation { get; init; }
    }

    /// <summary>The forward direction as inputs of the causal operator.</summary>
    internal SsdInputs ForwardInputs => Causal(Forward, t => t);

    /// <summary>The reverse direction as inputs of the causal operator, everything flipped in time.</summary>
    internal SsdInputs ReverseInputs => Causal(Reverse, t => t.flip(1));

    private SsdInputs Causal(Direction d, Func<Tensor, Tensor> time)
    {
        Tensor? Maybe(Tensor? t) => t is null ? null : time(t);
        return new()
        {
            X = time(X),
            Dt = time(d.Dt),
            A = A,
            B = time(d.B),
            C = time(d.C),
            DtBias = DtBias,
            Gain = Maybe(d.Gain),
            Lambda = Maybe(d.Lambda),
            Rotation = Maybe(d.Rotation),
        };
    }

    /// <summary>Checks every shape against the others.</summary>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public void Validate()
    {
        ForwardInputs.Validate();
        ReverseInputs.Validate();
        if (Forward.Lambda is null != Reverse.Lambda is null || Forward.Rotation is null != Reverse.Rotation is null || Forward.Gain is null != Reverse.Gain is null)
            throw new ArgumentException("Gain, Lambda and Rotation belong to both directions; give each to both or to neither.", nameof(Reverse));
        if (A.dim() != 1) throw new ArgumentException($"A has {A.dim()} dimensions; the bidirectional operator takes one decay rate a head.", nameof(A));
        if (!Diagonal.shape.AsSpan().SequenceEqual(Forward.Dt.shape))
            throw new ArgumentException($"Diagonal has shape ({string.Join(", ", Diagonal.shape)}); expected that of Dt, ({string.Join(", ", Forward.Dt.shape)}).", nameof(Diagonal));
    }
}
