using SsdForecast.Torch.Networks;
using TorchSharp.Modules;

namespace SsdForecast.Torch.Training;

/// <summary>
/// Parameters by how they are treated: matrices decay; norms, biases, convolutions, positions and what steers time (A_log, D, dt_bias) never do; the
/// skip has a learning rate of its own.
/// </summary>
internal sealed record ParameterGroups(
    IReadOnlyList<(string Name, Parameter Parameter)> Decayed,
    IReadOnlyList<(string Name, Parameter Parameter)> Plain,
    IReadOnlyList<(string Name, Parameter Parameter)> Skip)
{
    public static ParameterGroups Of(ForecastNetwork network)
    {
        var named = network.named_parameters().ToArray();
        bool IsSkip(string name) => name.StartsWith("skip.", StringComparison.Ordinal);
        bool Decays(string name, Parameter p) => p.dim() == 2 && name.EndsWith("weight", StringComparison.Ordinal);
        return new ParameterGroups(
            [.. named.Where(n => !IsSkip(n.name) && Decays(n.name, n.parameter))],
            [.. named.Where(n => !IsSkip(n.name) && !Decays(n.name, n.parameter))],
            [.. named.Where(n => IsSkip(n.name))]);
    }
}
