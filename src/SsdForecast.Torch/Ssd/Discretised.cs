using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Ssd;

/// <summary>
/// The inputs after everything that happens position by position: step sizes made positive, decay in log space, every operand with one slice a
/// head, in the working precision (float32, or float64 when <c>Dt</c> is).
/// </summary>
internal sealed record Discretised
{
    /// <summary>Weight of the input of a step, <c>(b, l, h)</c>: the gain, or else the step size.</summary>
    public required Tensor Weight { get; init; }

    /// <summary>Values times weight, <c>(b, l, h, p)</c>.</summary>
    public required Tensor Xdt { get; init; }

    /// <summary>Log of the decay over one step, ≤ 0: <c>(b, l, h)</c>, or <c>(b, l, h, n)</c> for diagonal A.</summary>
    public required Tensor LogDecay { get; init; }

    /// <summary>Input maps, <c>(b, l, h, n)</c>.</summary>
    public required Tensor B { get; init; }

    /// <summary>Output maps, <c>(b, l, h, n)</c>.</summary>
    public required Tensor C { get; init; }

    /// <summary>State before the first step, <c>(b, h, p, n)</c>, never null.</summary>
    public required Tensor Initial { get; init; }

    /// <summary>Sequence index, <c>(b, l)</c>, or null.</summary>
    public Tensor? SequenceIndex { get; init; }

    public bool IsDiagonal => LogDecay.dim() == 4;
    public long Batch => Xdt.shape[0];
    public long Length => Xdt.shape[1];
    public long Heads => Xdt.shape[2];
    public long HeadDim => Xdt.shape[3];
    public long StateSize => B.shape[3];

    public static Discretised From(SsdInputs inputs, SsdOptions options)
    {
        var work = inputs.Dt.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        var h = inputs.Heads;
        var dt = StepSize(inputs, options, work);
        var a = inputs.A.to_type(work);
        var weight = inputs.Gain?.to_type(work) ?? dt;
        return new Discretised
        {
            Weight = weight,
            Xdt = PerHead(inputs.X.to_type(work), h) * weight.unsqueeze(-1),
            LogDecay = a.dim() == 2 ? dt.unsqueeze(-1) * a : dt * a,
            B = PerHead(inputs.B.to_type(work), h),
            C = PerHead(inputs.C.to_type(work), h),
            Initial = inputs.InitialStates?.to_type(work)
                ?? zeros(inputs.Batch, h, inputs.HeadDim, inputs.StateSize, dtype: work, device: inputs.X.device),
            SequenceIndex = inputs.SequenceIndex,
        };
    }

    /// <summary>Step sizes <c>(b, l, h)</c>: bias, softplus, limits, elapsed time, in this order.</summary>
    public static Tensor StepSize(SsdInputs inputs, SsdOptions options, ScalarType work)
    {
        var dt = inputs.Dt.to_type(work);
        if (inputs.DtBias is not null) dt = dt + inputs.DtBias.to_type(work);
        if (options.DtSoftplus) dt = nn.functional.softplus(dt, 1, 20);
        if (options.DtLimitLow > 0 || !double.IsPositiveInfinity(options.DtLimitHigh)) dt = dt.clamp(options.DtLimitLow, options.DtLimitHigh);
        return inputs.Elapsed is null ? dt : dt * inputs.Elapsed.to_type(work).unsqueeze(-1);
    }

    /// <summary><c>y += D·x</c>, and back to the dtype of X.</summary>
    public static Tensor AddDirectPath(Tensor y, SsdInputs inputs)
    {
        if (inputs.D is null) return y.to_type(inputs.X.dtype);
        var d = inputs.D.to_type(y.dtype);
        if (d.dim() == 1) d = d.unsqueeze(-1);
        return (y + d * PerHead(inputs.X.to_type(y.dtype), inputs.Heads)).to_type(inputs.X.dtype);
    }

    /// <summary>Repeats groups so that every head has its own slice: <c>(b, l, g, k)</c> → <c>(b, l, h, k)</c>; head i reads group i / (h/g).</summary>
    public static Tensor PerHead(Tensor grouped, long heads)
    {
        var (b, l, g, k) = (grouped.shape[0], grouped.shape[1], grouped.shape[2], grouped.shape[3]);
        return g == heads ? grouped : grouped.unsqueeze(3).expand(b, l, g, heads / g, k).reshape(b, l, heads, k);
    }
}
