using SsdForecast.Torch.Cuda.Blocks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Blocks;

/// <summary>
/// Root-mean-square normalisation over the last axis, <c>x / √(mean x² + eps) · weight</c>, optionally over groups of it and with a gate.
/// Computed in float32 at least, on the CPU by one fused kernel; with a gate on CUDA likewise. Parameter: <c>weight (features)</c>.
/// </summary>
public sealed class RmsNorm : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly long _groups;
    private readonly double _epsilon;

    /// <summary>Creates the norm with unit weights.</summary>
    /// <param name="features">Size of the last axis.</param>
    /// <param name="groups">The last axis is normalised in this many equal groups; divides <paramref name="features"/>.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    public RmsNorm(long features, long groups = 1, double epsilon = 1e-5) : base(nameof(RmsNorm))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        if (groups < 1 || features % groups != 0)
            throw new ArgumentException($"{groups} groups do not divide {features} features.", nameof(groups));
        _groups = groups;
        _epsilon = epsilon;
        weight = new Parameter(ones(features));
        RegisterComponents();
    }

    internal Parameter Weight => weight;

    internal long Groups => _groups;

    internal double Epsilon => _epsilon;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The input has another width.</exception>
    public override Tensor forward(Tensor input)
    {
        RequireWidth(input);
        return FusedRows.Applies(input, weight) ? NormFunction.Run(input, null, weight, _groups, _epsilon, normBeforeGate: false) : Plain(input);
    }

    /// <summary>The same as calling the module, made of torch's operators: on any device, and what the kernel is tested against.</summary>
    public Tensor Plain(Tensor input)
    {
        var x = Working(input);
        return (Normalise(x) * weight.to_type(x.dtype)).to_type(input.dtype);
    }

    /// <summary>Norm with a gate: <c>norm(x·SiLU(z))</c>, or <c>norm(x)·SiLU(z)</c> with <paramref name="normBeforeGate"/>.</summary>
    /// <param name="input">Values, <c>(…, features)</c>.</param>
    /// <param name="gate">Gate, the same shape.</param>
    /// <param name="normBeforeGate">Which comes first.</param>
    /// <exception cref="ArgumentException">The input has another width, or the gate another shape.</exception>
    public Tensor Gated(Tensor input, Tensor gate, bool normBeforeGate)
    {
        RequireWidth(input);
        if (!gate.shape.SequenceEqual(input.shape)) throw new ArgumentException($"the gate is ({string.Join(", ", gate.shape)}) and the input ({string.Join(", ", input.shape)})", nameof(gate));
        if (gate.dtype != input.dtype) return PlainGated(input, gate, normBeforeGate);
        if (FusedRows.Applies(input, weight)) return NormFunction.Run(input, gate, weight, _groups, _epsilon, normBeforeGate);
        return input.dim() == 3 && GatedNorm.Applies(input, weight, _groups)
            ? GatedNorm.Run(input, gate, weight, _groups, _epsilon, normBeforeGate)
            : PlainGated(input, gate, normBeforeGate);
    }

    /// <summary>The same as <see cref="Gated"/>, made of torch's operators: on any device, and what the kernel is tested against.</summary>
    public Tensor PlainGated(Tensor input, Tensor gate, bool normBeforeGate)
    {
        var x = Working(input);
        var open = nn.functional.silu(gate.to_type(x.dtype));
        var w = weight.to_type(x.dtype);
        var y = normBeforeGate ? Normalise(x) * w * open : Normalise(x * open) * w;
        return y.to_type(input.dtype);
    }

    private void RequireWidth(Tensor input)
    {
        if (input.shape[^1] != weight.shape[0]) throw new ArgumentException($"rows of {input.shape[^1]} numbers, and {weight.shape[0]} weights", nameof(input));
    }

    private static Tensor Working(Tensor t) => t.dtype == ScalarType.Float64 ? t : t.to_type(ScalarType.Float32);

    private Tensor Normalise(Tensor x)
    {
        if (_groups == 1) return x * (x.square().mean([-1L], keepdim: true) + _epsilon).rsqrt();
        var shape = x.shape;
        var grouped = x.reshape([.. shape[..^1], _groups, shape[^1] / _groups]);
        return (grouped * (grouped.square().mean([-1L], keepdim: true) + _epsilon).rsqrt()).reshape(shape);
    }
}
