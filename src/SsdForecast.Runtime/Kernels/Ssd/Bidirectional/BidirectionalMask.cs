using System.Numerics;

namespace SsdForecast.Runtime.Kernels;

/// <summary>The decays of both directions of one head inside one chunk, as products like those of <see cref="DecayMask{S, T, V}"/>; both triangles are strict.</summary>
internal static unsafe class BidirectionalMask<S, T, V>
    where S : ISimd<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
{
    private const int ChunkSize = ChunkTables<T>.ChunkSize;

    /// <summary>
    /// The forward direction: writes mixing[i, j] = scores[i, j]·Π_{j&lt;k&lt;i} decay[k]·dt[j] for j &lt; i, else 0; the decay <paramref name="carry"/>[i] from before
    /// the chunk up to, without, step i; the decay <paramref name="tail"/>[j] after step j to the chunk's end. Returns the decay over all of it.
    /// </summary>
    /// <param name="scores">C of the step before · B, (16, 16).</param>
    public static T Forward(T* scores, T* dt, T* decay, T* mixing, T* carry, T* tail)
    {
        for (int lane = 0; lane < ChunkSize; lane += S.Width)
        {
            V row = S.Zero, step = S.Load(dt + lane);
            for (int i = 0; i < ChunkSize; i++)
            {
                int at = i * ChunkSize + lane;
                S.Store(mixing + at, S.Multiply(S.Multiply(row, step), S.Load(scores + at)));
                row = S.MultiplyAdd(S.Broadcast(decay[i]), row, S.Load(ChunkTables<T>.Identity + at));
            }

            S.Store(tail + lane, row);
        }

        T product = T.One;
        for (int i = 0; i < ChunkSize; i++)
        {
            carry[i] = product;
            product *= decay[i];
        }

        return product;
    }

    /// <summary>
    /// The reverse direction and the diagonal, added to <paramref name="mixing"/>: scores[i, j]·Π_{i&lt;k&lt;j} decay[k]·dt[j] for j &gt; i.
    /// <paramref name="carry"/>[i] is the decay from after the chunk down to, without, step i; <paramref name="tail"/>[j] that from before step j to the chunk's start.
    /// </summary>
    /// <param name="scores">C of the step after · B, (16, 16), or null where <paramref name="mixing"/> is not wanted.</param>
    public static T Reverse(T* scores, T* dt, T* decay, T* diagonal, T* mixing, T* carry, T* tail)
    {
        for (int lane = 0; lane < ChunkSize; lane += S.Width)
        {
            V row = S.Zero, step = S.Load(dt + lane);
            for (int i = ChunkSize - 1; i >= 0; i--)
            {
                int at = i * ChunkSize + lane;
                V one = S.Load(ChunkTables<T>.Identity + at);
                if (scores != null)
                {
                    V sum = S.MultiplyAdd(S.Broadcast(diagonal[i]), one, S.Load(mixing + at));
                    S.Store(mixing + at, S.MultiplyAdd(S.Multiply(row, step), S.Load(scores + at), sum));
                }

                row = S.MultiplyAdd(S.Broadcast(decay[i]), row, one);
            }

            S.Store(tail + lane, row);
        }

        T product = T.One;
        for (int i = ChunkSize - 1; i >= 0; i--)
        {
            carry[i] = product;
            product *= decay[i];
        }

        return product;
    }
}
