using static TorchSharp.torch;

namespace SsdForecast.Torch.Ssd;

/// <summary>
/// The operator with Mamba-3 options as one pass of the plain operator, so that every form, kernel and device has them: <see cref="Trapezoid"/> gives the
/// weights of the inputs, <see cref="Ssd.Rotation"/> turns B and C, and what differs in the end is put right in <see cref="Finish"/>. Their direct
/// definition is <see cref="Mamba3Recurrence"/>.
/// </summary>
internal sealed class PlainPass
{
    private readonly SsdInputs _given;
    private readonly Trapezoid? _trapezoid;
    private readonly Tensor? _phases;

    private PlainPass(SsdInputs given, SsdInputs plain, SsdOptions options, Trapezoid? trapezoid, Tensor? phases, Tensor? earlyWeight)
    {
        (_given, Inputs, Options, _trapezoid, _phases, EarlyWeight) = (given, plain, options, trapezoid, phases, earlyWeight);
    }

    /// <summary>The plain inputs; those given where they are plain already.</summary>
    public SsdInputs Inputs { get; }

    /// <summary>The options for them: step sizes are already as they are used.</summary>
    public SsdOptions Options { get; }

    /// <summary>What the diagonal of the plain mixing matrix has too much, <c>(b, l, h)</c>; null for nothing.</summary>
    public Tensor? EarlyWeight { get; }

    /// <summary>What the outputs of the plain pass have too much, <c>(b, l, h, p)</c>; null for nothing.</summary>
    public Tensor? CountedEarly => EarlyWeight is null
        ? null
        : _trapezoid!.CountedEarly(EarlyWeight, Discretised.PerHead(_given.X.to_type(EarlyWeight.dtype), _given.Heads), PerHead(_given.PreviousX, EarlyWeight.dtype));

    /// <summary>Reduces inputs.</summary>
    /// <param name="inputs">Checked inputs; the sequence index counts from 0.</param>
    /// <param name="options">How they are to be evaluated.</param>
    public static PlainPass From(SsdInputs inputs, SsdOptions options)
    {
        if (!inputs.HasMamba3Options) return new PlainPass(inputs, inputs, options, null, null, null);
        var work = inputs.Dt.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        var h = inputs.Heads;
        // In float64, or the phase after a long step is known to a few digits only.
        var exact = Discretised.StepSize(inputs, options, ScalarType.Float64);
        var dt = exact.to_type(work);
        var plain = inputs with { Dt = dt, DtBias = null, Elapsed = null, Lambda = null, Rotation = null, PreviousB = null, PreviousX = null, Gain = inputs.Gain?.to_type(work) };
        var plainOptions = options with { DtSoftplus = false, DtLimitLow = 0, DtLimitHigh = double.PositiveInfinity };

        Trapezoid? trapezoid = null;
        Tensor? early = null, phases = null;
        if (inputs.Lambda is { } lambda)
        {
            trapezoid = Trapezoid.From(dt, lambda.to_type(work), inputs.Elapsed, inputs.SequenceIndex);
            early = trapezoid.EarlyWeight(
                Discretised.PerHead(inputs.B.to_type(work), h), Discretised.PerHead(inputs.C.to_type(work), h), Expand(inputs.PreviousB, h, work));
            plain = plain with { Gain = trapezoid.Gain };
            if (inputs.PreviousB is not null)
            {
                var added = Expand(inputs.PreviousX, h, work)!.unsqueeze(-1) * (trapezoid.Early.select(1, 0).unsqueeze(-1) * Expand(inputs.PreviousB, h, work)!).unsqueeze(-2);
                plain = plain with { InitialStates = plain.InitialStates is { } given ? given.to_type(work) + added : added };
            }
        }
        if (inputs.Rotation is { } velocity)
        {
            phases = Ssd.Rotation.Phases(exact, velocity);
            plain = plain with
            {
                B = Ssd.Rotation.Turn(Discretised.PerHead(inputs.B.to_type(work), h), phases),
                C = Ssd.Rotation.Turn(Discretised.PerHead(inputs.C.to_type(work), h), phases),
            };
        }
        return new PlainPass(inputs, plain, plainOptions, trapezoid, phases, early);
    }

    /// <summary>From the plain pass's results to those asked for; the state is turned back by the last phase, so that the next call may begin at phase 0.</summary>
    public SsdOutput Finish(SsdOutput plain)
    {
        var output = plain;
        if (CountedEarly is { } early) output = output with { Y = output.Y - early.to_type(output.Y.dtype) };
        if (_phases is not null)
            output = output with { FinalStates = Ssd.Rotation.Turn(output.FinalStates, -_phases.select(1, _phases.shape[1] - 1).unsqueeze(2)) };
        if (_trapezoid is null) return output;
        return output with
        {
            LastB = _trapezoid.Last(_given.B.to_type(output.FinalStates.dtype), _given.PreviousB),
            LastX = _trapezoid.Last(_given.X.to_type(output.FinalStates.dtype), _given.PreviousX),
        };
    }

    private Tensor? PerHead(Tensor? t, ScalarType dtype) => Expand(t, _given.Heads, dtype);

    /// <summary><c>(b, g, k)</c> → <c>(b, h, k)</c>.</summary>
    private static Tensor? Expand(Tensor? t, long heads, ScalarType dtype)
        => t is null ? null : Discretised.PerHead(t.to_type(dtype).unsqueeze(1), heads).squeeze(1);
}
