using System.Numerics.Tensors;

namespace SsdForecast.Runtime;

/// <summary>
/// The step of all heads with options of Mamba-3, <c>docs/model.md</c> section 4.1. The state is kept in the frame in which nothing turns: B and C are turned
/// by the phase instead, which a layer carries from step to step with the turned B and the x of the last step.
/// </summary>
/// <param name="config">Sizes and options.</param>
/// <param name="tensors">The block's tensors by name.</param>
internal sealed class Mamba3Step(BlockConfig config, IReadOnlyDictionary<string, float[]> tensors)
{
    private readonly float[]? _bNorm = tensors.GetValueOrDefault("B_norm.weight");
    private readonly float[]? _cNorm = tensors.GetValueOrDefault("C_norm.weight");
    private readonly float[]? _bBias = tensors.GetValueOrDefault("B_bias");
    private readonly float[]? _cBias = tensors.GetValueOrDefault("C_bias");
    private readonly float[] _d = tensors["D"];

    /// <summary>Floats that a layer carries: phases <c>(heads, a)</c> in turns, then B <c>(heads, d_state)</c> and x <c>(d_inner)</c> for the trapezoidal rule.</summary>
    public static int CarriedLength(BlockConfig config) => (config.Heads * config.Angles)
        + (config.Discretization == Discretization.Trapezoid ? (config.Heads * config.DState) + config.DInner : 0);

    /// <summary>Floats that <see cref="Step"/> takes from its scratch.</summary>
    public int ScratchLength => (3 * PackedMatrix.Pad(config.Angles)) + PackedMatrix.Pad(config.DState) + (2 * PackedMatrix.Pad(config.Heads * config.DState));

    /// <summary>Steps all heads.</summary>
    /// <param name="xbc"><c>x | B | C</c>, <c>(conv_dim)</c>.</param>
    /// <param name="trap"><c>(heads)</c>, or empty.</param>
    /// <param name="angle"><c>(a)</c>, or empty.</param>
    /// <param name="dt">Step of each head.</param>
    /// <param name="decay"><c>exp(dt A)</c> of each head.</param>
    /// <param name="elapsed"><c>δ_t</c>: a step in which no time passes is not "the step before" to the next.</param>
    /// <param name="ssm">The state, changed.</param>
    /// <param name="carried"><see cref="CarriedLength"/> floats, changed.</param>
    /// <param name="y">Output, <c>(d_inner)</c>.</param>
    public void Step(
        ReadOnlySpan<float> xbc, ReadOnlySpan<float> trap, ReadOnlySpan<float> angle, ReadOnlySpan<float> dt, ReadOnlySpan<float> decay, float elapsed,
        Span<float> ssm, Span<float> carried, Span<float> y, Scratch scratch)
    {
        var (heads, p, n, inner, groups) = (config.Heads, config.HeadDim, config.DState, config.DInner, config.NGroups);
        var velocity = scratch.Take(angle.Length);
        var sin = scratch.Take(angle.Length);
        var cos = scratch.Take(angle.Length);
        var normalised = scratch.Take(n);
        var b = scratch.Take(heads * n);
        var c = scratch.Take(heads * n);
        TensorPrimitives.Tanh(angle, velocity);
        for (var group = 0; group < groups; group++)
        {
            Spread(xbc.Slice(inner + (group * n), n), _bNorm, _bBias, group, normalised, b);
            Spread(xbc.Slice(inner + ((groups + group) * n), n), _cNorm, _cBias, group, normalised, c);
        }

        var phases = carried[..(heads * angle.Length)];
        var bBefore = trap.IsEmpty ? b : carried.Slice(phases.Length, heads * n);
        var xBefore = trap.IsEmpty ? xbc : carried.Slice(phases.Length + (heads * n), inner);
        for (var i = 0; i < heads; i++)
        {
            var (from, channels) = (i * n, i * p);
            Advance(phases.Slice(i * angle.Length, angle.Length), velocity, dt[i], sin, cos);
            Turn(b.Slice(from, n), sin, cos);
            Turn(c.Slice(from, n), sin, cos);
            var share = trap.IsEmpty ? 1 : 1 / (1 + MathF.Exp(-trap[i]));
            TwoInputStepKernel.Step(
                xbc.Slice(channels, p), xBefore.Slice(channels, p), b.Slice(from, n), bBefore.Slice(from, n), c.Slice(from, n),
                decay[i], share * dt[i], (1 - share) * dt[i] * decay[i], _d[i], ssm.Slice(channels * n, p * n), y.Slice(channels, p));
        }

        if (trap.IsEmpty || elapsed <= 0) return;
        b.CopyTo(carried[phases.Length..]);
        xbc[..inner].CopyTo(carried[(phases.Length + (heads * n))..]);
    }

    /// <summary>A group's map to its heads: normalised, and each with its bias.</summary>
    private void Spread(ReadOnlySpan<float> map, float[]? norm, float[]? bias, int group, Span<float> normalised, Span<float> all)
    {
        var (n, perGroup) = (map.Length, config.Heads / config.NGroups);
        if (norm is null) map.CopyTo(normalised);
        else StepKernels.RmsNorm(map, norm, (float)config.NormEps, normalised);
        for (var i = group * perGroup; i < (group + 1) * perGroup; i++)
        {
            if (bias is null) normalised.CopyTo(all[(i * n)..]);
            else TensorPrimitives.Add(normalised, bias.AsSpan(i * n, n), all[(i * n)..]);
        }
    }

    // In turns a phase wraps without rounding, and kept about 0 it has the most digits.
    private static void Advance(Span<float> phase, ReadOnlySpan<float> velocity, float dt, Span<float> sin, Span<float> cos)
    {
        for (var k = 0; k < phase.Length; k++)
        {
            var turns = phase[k] + (0.5f * dt * velocity[k]);
            phase[k] = turns - MathF.Round(turns);
            (sin[k], cos[k]) = float.SinCosPi(2 * phase[k]);
        }
    }

    private static void Turn(Span<float> v, ReadOnlySpan<float> sin, ReadOnlySpan<float> cos)
    {
        for (var k = 0; k < sin.Length; k++)
        {
            var (first, second) = (v[k], v[k + sin.Length]);
            (v[k], v[k + sin.Length]) = ((first * cos[k]) - (second * sin[k]), (first * sin[k]) + (second * cos[k]));
        }
    }
}
