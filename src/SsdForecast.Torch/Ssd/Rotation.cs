using static TorchSharp.torch;

namespace SsdForecast.Torch.Ssd;

/// <summary>
/// Turning pairs of states: state <c>k &lt; a</c> against state <c>k + a</c>; what lies from <c>2a</c> on stays. A recurrence whose states turn by
/// <c>dt·ω</c> a step is the plain one after <c>B</c> and <c>C</c> have each been turned by the phase <c>φ_t = Σ_{k≤t} dt_k·ω_k</c>: between a step s
/// and a later step t only the difference of their phases is seen. Source: Mamba-3, arXiv 2603.15569 (there as data-dependent rotary embedding).
/// </summary>
internal static class Rotation
{
    /// <summary>
    /// Phases after each step, <c>(b, l, h, a)</c> float64 in [0, 2π). Summed in float64, since thousands of turns may lie behind a position whose
    /// angle to its neighbour matters.
    /// </summary>
    /// <param name="dt">Step sizes as used, <c>(b, l, h)</c>.</param>
    /// <param name="velocity">Angular velocity, <c>(b, l, g, a)</c>.</param>
    public static Tensor Phases(Tensor dt, Tensor velocity)
    {
        var angle = Discretised.PerHead(velocity.to_type(ScalarType.Float64), dt.shape[2]) * dt.to_type(ScalarType.Float64).unsqueeze(-1);
        var phase = angle.cumsum(1);
        return phase - ((phase.detach() / (2 * Math.PI)).floor() * (2 * Math.PI));
    }

    /// <summary>Turns vectors by angles: <c>(v_k, v_{k+a}) → (v_k cos − v_{k+a} sin, v_k sin + v_{k+a} cos)</c>.</summary>
    /// <param name="v"><c>(…, n)</c>.</param>
    /// <param name="angle"><c>(…, a)</c>, any precision; broadcasts.</param>
    public static Tensor Turn(Tensor v, Tensor angle)
    {
        var (n, a) = (v.shape[^1], angle.shape[^1]);
        var reduced = angle.to_type(v.dtype);
        var (cos, sin) = (reduced.cos(), reduced.sin());
        var (first, second) = (v.narrow(-1, 0, a), v.narrow(-1, a, a));
        List<Tensor> parts = [(first * cos) - (second * sin), (first * sin) + (second * cos)];
        if (n > 2 * a) parts.Add(v.narrow(-1, 2 * a, n - (2 * a)));
        return cat(parts, -1);
    }
}
