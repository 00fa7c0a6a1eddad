using SsdForecast.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Blocks;

/// <summary>Initial values of the parameters that steer time, as in the Mamba-2 reference.</summary>
internal static class BlockInitialisation
{
    /// <summary>
    /// The inverse softplus of step sizes drawn log-uniformly from <c>[dt_min, dt_max]</c>, at least <c>dt_init_floor</c>: <c>(heads)</c>.
    /// A head's memory is about <c>1/(dt·|A|)</c> steps, so this spreads time scales over the heads.
    /// </summary>
    public static Parameter DtBias(BlockConfig config)
    {
        var (low, high) = (Math.Log(config.DtMin), Math.Log(config.DtMax));
        var dt = (rand(config.Heads) * (high - low) + low).exp().clamp_min(config.DtInitFloor);
        return new Parameter(dt + (-dt).expm1().neg().log());
    }

    /// <summary><c>log U(1, 16)</c>, one a head.</summary>
    public static Parameter ALog(BlockConfig config) => new(empty(config.Heads).uniform_(1, 16).log());
}
