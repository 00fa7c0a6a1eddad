namespace SsdForecast.Torch.Cuda;

/// <summary>What the first uses of kernels have cost this process.</summary>
/// <param name="Compiled">Kernels that were compiled.</param>
/// <param name="Compiling">Time that took.</param>
/// <param name="Loaded">Kernels that were loaded to a device, from disk or just compiled.</param>
/// <param name="Loading">Time that took, compiling not counted.</param>
public sealed record KernelUse(int Compiled, TimeSpan Compiling, int Loaded, TimeSpan Loading)
{
    private static readonly Lock Gate = new();
    private static KernelUse s_sum = new(0, default, 0, default);

    /// <summary>Up to now.</summary>
    public static KernelUse SoFar
    {
        get
        {
            lock (Gate) return s_sum;
        }
    }

    internal static void AddCompiled(TimeSpan time)
    {
        lock (Gate) s_sum = s_sum with { Compiled = s_sum.Compiled + 1, Compiling = s_sum.Compiling + time };
    }

    internal static void AddLoaded(TimeSpan time)
    {
        lock (Gate) s_sum = s_sum with { Loaded = s_sum.Loaded + 1, Loading = s_sum.Loading + time };
    }
}
