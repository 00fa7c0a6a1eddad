using System.Numerics;

namespace SsdForecast.Runtime.Kernels;

/// <summary>Gradients of parameters to which several units add: each writes a share of its own, and shares are summed in order, in float64.</summary>
internal sealed unsafe class PartialSums<T>(int units, int length) : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly (nint Memory, nuint Bytes) shares = WorkspacePool.Rent((nuint)Math.Max(1, (long)units * length) * (nuint)sizeof(T));

    /// <summary>The share of a unit, not cleared.</summary>
    public T* Share(int unit) => (T*)shares.Memory + (nint)unit * length;

    /// <summary>The sum of one element over all units.</summary>
    public T Sum(int element)
    {
        double sum = 0;
        T* at = (T*)shares.Memory + element;
        for (int unit = 0; unit < units; unit++, at += length)
            sum += double.CreateTruncating(*at);
        return T.CreateTruncating(sum);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => WorkspacePool.Return(shares);
}
