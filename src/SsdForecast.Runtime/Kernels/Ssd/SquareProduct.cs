using System.Numerics;

namespace SsdForecast.Runtime.Kernels;

/// <summary>C (16, 16) = A (16, depth) · B (depth, 16): the scores of a chunk, step against step.</summary>
internal static unsafe class SquareProduct<S, T, V>
    where S : ISimd<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
{
    private const int ChunkSize = ChunkTables<T>.ChunkSize;

    /// <summary>Multiplies.</summary>
    public static void Run(int depth, T* a, nint lda, T* b, T* c)
    {
        for (int lane = 0; lane < ChunkSize; lane += S.Width)
        {
            if (S.HasManyRegisters)
            {
                Tile16(depth, a, lda, b + lane, c + lane);
            }
            else
            {
                Tile8(depth, a, lda, b + lane, c + lane);
                Tile8(depth, a + 8 * lda, lda, b + lane, c + 8 * ChunkSize + lane);
            }
        }
    }

    /// <summary>16 rows by one vector.</summary>
    private static void Tile16(int depth, T* a, nint lda, T* b, T* c)
    {
        V c0 = S.Zero, c1 = S.Zero, c2 = S.Zero, c3 = S.Zero;
        V c4 = S.Zero, c5 = S.Zero, c6 = S.Zero, c7 = S.Zero;
        V c8 = S.Zero, c9 = S.Zero, c10 = S.Zero, c11 = S.Zero;
        V c12 = S.Zero, c13 = S.Zero, c14 = S.Zero, c15 = S.Zero;
        T* ab = a + 4 * lda;
        T* ac = a + 8 * lda;
        T* ad = a + 12 * lda;
        for (int k = 0; k < depth; k++)
        {
            V row = S.Load(b);
            c0 = S.MultiplyAdd(S.Broadcast(*a), row, c0);
            c1 = S.MultiplyAdd(S.Broadcast(a[lda]), row, c1);
            c2 = S.MultiplyAdd(S.Broadcast(a[2 * lda]), row, c2);
            c3 = S.MultiplyAdd(S.Broadcast(a[3 * lda]), row, c3);
            c4 = S.MultiplyAdd(S.Broadcast(*ab), row, c4);
            c5 = S.MultiplyAdd(S.Broadcast(ab[lda]), row, c5);
            c6 = S.MultiplyAdd(S.Broadcast(ab[2 * lda]), row, c6);
            c7 = S.MultiplyAdd(S.Broadcast(ab[3 * lda]), row, c7);
            c8 = S.MultiplyAdd(S.Broadcast(*ac), row, c8);
            c9 = S.MultiplyAdd(S.Broadcast(ac[lda]), row, c9);
            c10 = S.MultiplyAdd(S.Broadcast(ac[2 * lda]), row, c10);
            c11 = S.MultiplyAdd(S.Broadcast(ac[3 * lda]), row, c11);
            c12 = S.MultiplyAdd(S.Broadcast(*ad), row, c12);
            c13 = S.MultiplyAdd(S.Broadcast(ad[lda]), row, c13);
            c14 = S.MultiplyAdd(S.Broadcast(ad[2 * lda]), row, c14);
            c15 = S.MultiplyAdd(S.Broadcast(ad[3 * lda]), row, c15);
            a++;
            ab++;
            ac++;
            ad++;
            b += ChunkSize;
        }

        S.Store(c, c0);
        S.Store(c + ChunkSize, c1);
        S.Store(c + 2 * ChunkSize, c2);
        S.Store(c + 3 * ChunkSize, c3);
        S.Store(c + 4 * ChunkSize, c4);
        S.Store(c + 5 * ChunkSize, c5);
        S.Store(c + 6 * ChunkSize, c6);
        S.Store(c + 7 * ChunkSize, c7);
        S.Store(c + 8 * ChunkSize, c8);
        S.Store(c + 9 * ChunkSize, c9);
        S.Store(c + 10 * ChunkSize, c10);
        S.Store(c + 11 * ChunkSize, c11);
        S.Store(c + 12 * ChunkSize, c12);
        S.Store(c + 13 * ChunkSize, c13);
        S.Store(c + 14 * ChunkSize, c14);
        S.Store(c + 15 * ChunkSize, c15);
    }

    /// <summary>8 rows by one vector.</summary>
    private static void Tile8(int depth, T* a, nint lda, T* b, T* c)
    {
        V c0 = S.Zero, c1 = S.Zero, c2 = S.Zero, c3 = S.Zero;
        V c4 = S.Zero, c5 = S.Zero, c6 = S.Zero, c7 = S.Zero;
        T* ab = a + 4 * lda;
        for (int k = 0; k < depth; k++)
        {
            V row = S.Load(b);
            c0 = S.MultiplyAdd(S.Broadcast(*a), row, c0);
            c1 = S.MultiplyAdd(S.Broadcast(a[lda]), row, c1);
            c2 = S.MultiplyAdd(S.Broadcast(a[2 * lda]), row, c2);
            c3 = S.MultiplyAdd(S.Broadcast(a[3 * lda]), row, c3);
            c4 = S.MultiplyAdd(S.Broadcast(*ab), row, c4);
            c5 = S.MultiplyAdd(S.Broadcast(ab[lda]), row, c5);
            c6 = S.MultiplyAdd(S.Broadcast(ab[2 * lda]), row, c6);
            c7 = S.MultiplyAdd(S.Broadcast(ab[3 * lda]), row, c7);
            a++;
            ab++;
            b += ChunkSize;
        }

        S.Store(c, c0);
        S.Store(c + ChunkSize, c1);
        S.Store(c + 2 * ChunkSize, c2);
        S.Store(c + 3 * ChunkSize, c3);
        S.Store(c + 4 * ChunkSize, c4);
        S.Store(c + 5 * ChunkSize, c5);
        S.Store(c + 6 * ChunkSize, c6);
        S.Store(c + 7 * ChunkSize, c7);
    }
}
