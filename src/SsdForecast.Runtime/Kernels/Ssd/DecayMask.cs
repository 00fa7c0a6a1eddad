using System.Numerics;

namespace SsdForecast.Runtime.Kernels;

/// <summary>
/// The decays of one head inside one chunk. L[i, j] = Π_{j&lt;k≤i} decay[k] is built as a product, row by row:
/// no exponential of a difference of sums, hence nothing to overflow or cancel, and a reset (decay 0) is exact.
/// </summary>
internal static unsafe class DecayMask<S, T, V>
    where S : ISimd<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
{
    private const int ChunkSize = ChunkTables<T>.ChunkSize;

    /// <summary>Writes what the chunk needs and returns the decay over all of it.</summary>
    /// <param name="scores">C·Bᵀ of the group, (16, 16), or null where <paramref name="mixing"/> is not wanted.</param>
    /// <param name="dt">dt as used, (16).</param>
    /// <param name="decay">exp(dt·A), (16).</param>
    /// <param name="skip">D of the head.</param>
    /// <param name="mixing">(scores ∘ L)·diag(dt) + D·I: the chunk's own part of the matrix that takes x to y.</param>
    /// <param name="mask">L, (16, 16), or null.</param>
    /// <param name="carry">Decay from before the chunk up to and with step i, (16).</param>
    /// <param name="tail">L's last row: decay after step j to the chunk's end, (16).</param>
    public static T Fill(T* scores, T* dt, T* decay, T skip, T* mixing, T* mask, T* carry, T* tail)
    {
        V d = S.Broadcast(skip);
        for (int lane = 0; lane < ChunkSize; lane += S.Width)
        {
            V row = S.Zero, step = S.Load(dt + lane);
            T* identity = ChunkTables<T>.Identity + lane;
            for (int i = 0; i < ChunkSize; i++)
            {
                V one = S.Load(identity + i * ChunkSize);
                row = S.MultiplyAdd(S.Broadcast(decay[i]), row, one);
                if (mask != null)
                    S.Store(mask + i * ChunkSize + lane, row);
                if (scores != null)
                    S.Store(mixing + i * ChunkSize + lane, S.MultiplyAdd(S.Multiply(row, step), S.Load(scores + i * ChunkSize + lane), S.Multiply(d, one)));
            }

            S.Store(tail + lane, row);
        }

        T product = T.One;
        for (int i = 0; i < ChunkSize; i++)
        {
            product *= decay[i];
            carry[i] = product;
        }

        return product;
    }
}
