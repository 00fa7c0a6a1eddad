using SsdForecast.Torch.Ssd;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Blocks;

/// <summary>What Mamba-3 does to B and C: an RMSNorm over the state numbers, then a learned bias a head, 1 at first.</summary>
internal static class InputMaps
{
    /// <summary>Normalises and biases one map.</summary>
    /// <param name="map"><c>(b, l, g, n)</c>.</param>
    /// <param name="norm">Over <c>n</c>; null leaves the map as it is.</param>
    /// <param name="bias"><c>(heads, n)</c>; null with <paramref name="norm"/>.</param>
    /// <returns><c>(b, l, heads, n)</c>, or the map itself.</returns>
    public static Tensor Apply(Tensor map, RmsNorm? norm, Parameter? bias)
        => norm is null || bias is null ? map : Discretised.PerHead(norm.forward(map), bias.shape[0]) + bias.to_type(map.dtype);

    /// <summary>Angular velocity from the projection's <c>angle (b, l, a)</c>: at most half a turn a unit of time; null for none.</summary>
    public static Tensor? Velocity(Tensor angle) => angle.shape[2] == 0 ? null : (Mamba2Block.Working(angle).tanh() * Math.PI).unsqueeze(2);

    /// <summary>λ from the projection's <c>trap (b, l, heads)</c>; null for none.</summary>
    public static Tensor? Lambda(Tensor trap) => trap.shape[2] == 0 ? null : Mamba2Block.Working(trap).sigmoid();
}
