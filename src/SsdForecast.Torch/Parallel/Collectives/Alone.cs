using static TorchSharp.torch;

namespace SsdForecast.Torch.Parallel.Collectives;

/// <summary>One process, which has nobody to wait for.</summary>
public sealed class Alone : ICollective
{
    private Alone()
    {
    }

    /// <summary>The one.</summary>
    public static Alone Instance { get; } = new();

    /// <inheritdoc/>
    public int Rank => 0;

    /// <inheritdoc/>
    public int Size => 1;

    /// <inheritdoc/>
    public void AllReduceSum(Tensor values)
    {
    }

    /// <inheritdoc/>
    public void Broadcast(Tensor values)
    {
    }

    /// <inheritdoc/>
    public double[] Broadcast(double[] values) => values;

    /// <inheritdoc/>
    public void Barrier()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
