using System.Numerics;

namespace SsdForecast.Runtime.Kernels;

/// <content>Tiles for 16 registers.</content>
internal static unsafe partial class TwoTermProduct<S, T, V>
    where S : ISimd<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
{
    /// <summary>4 rows by 2 vectors.</summary>
    private static void Tile4x2(
        int depth1, T* a1, nint rows1, nint deep1, T* b1, nint ldb1, T* rowScale,
        int depth2, T* a2, nint rows2, nint deep2, T* b2, nint ldb2, T* c, nint ldc, bool adds)
    {
        V c00 = S.Zero, c01 = S.Zero;
        V c10 = S.Zero, c11 = S.Zero;
        V c20 = S.Zero, c21 = S.Zero;
        V c30 = S.Zero, c31 = S.Zero;

        for (int k = 0; k < depth1; k++)
        {
            V bx = S.Load(b1), by = S.Load(b1 + S.Width);
            V a = S.Broadcast(*a1);
            c00 = S.MultiplyAdd(a, bx, c00);
            c01 = S.MultiplyAdd(a, by, c01);
            a = S.Broadcast(a1[rows1]);
            c10 = S.MultiplyAdd(a, bx, c10);
            c11 = S.MultiplyAdd(a, by, c11);
            a = S.Broadcast(a1[2 * rows1]);
            c20 = S.MultiplyAdd(a, bx, c20);
            c21 = S.MultiplyAdd(a, by, c21);
            a = S.Broadcast(a1[3 * rows1]);
            c30 = S.MultiplyAdd(a, bx, c30);
            c31 = S.MultiplyAdd(a, by, c31);
            a1 += deep1;
            b1 += ldb1;
        }

        V s = S.Broadcast(*rowScale);
        c00 = S.Multiply(c00, s);
        c01 = S.Multiply(c01, s);
        s = S.Broadcast(rowScale[1]);
        c10 = S.Multiply(c10, s);
        c11 = S.Multiply(c11, s);
        s = S.Broadcast(rowScale[2]);
        c20 = S.Multiply(c20, s);
        c21 = S.Multiply(c21, s);
        s = S.Broadcast(rowScale[3]);
        c30 = S.Multiply(c30, s);
        c31 = S.Multiply(c31, s);

        if (adds)
        {
            c00 = S.Add(c00, S.Load(c));
            c01 = S.Add(c01, S.Load(c + S.Width));
            c10 = S.Add(c10, S.Load(c + ldc));
            c11 = S.Add(c11, S.Load(c + ldc + S.Width));
            c20 = S.Add(c20, S.Load(c + 2 * ldc));
            c21 = S.Add(c21, S.Load(c + 2 * ldc + S.Width));
            c30 = S.Add(c30, S.Load(c + 3 * ldc));
            c31 = S.Add(c31, S.Load(c + 3 * ldc + S.Width));
        }

        for (int k = 0; k < depth2; k++)
        {
            V bx = S.Load(b2), by = S.Load(b2 + S.Width);
            V a = S.Broadcast(*a2);
            c00 = S.MultiplyAdd(a, bx, c00);
            c01 = S.MultiplyAdd(a, by, c01);
            a = S.Broadcast(a2[rows2]);
            c10 = S.MultiplyAdd(a, bx, c10);
            c11 = S.MultiplyAdd(a, by, c11);
            a = S.Broadcast(a2[2 * rows2]);
            c20 = S.MultiplyAdd(a, bx, c20);
            c21 = S.MultiplyAdd(a, by, c21);
            a = S.Broadcast(a2[3 * rows2]);
            c30 = S.MultiplyAdd(a, bx, c30);
            c31 = S.MultiplyAdd(a, by, c31);
            a2 += deep2;
            b2 += ldb2;
        }

        S.Store(c, c00);
        S.Store(c + S.Width, c01);
        c += ldc;
        S.Store(c, c10);
        S.Store(c + S.Width, c11);
        c += ldc;
        S.Store(c, c20);
        S.Store(c + S.Width, c21);
        c += ldc;
        S.Store(c, c30);
        S.Store(c + S.Width, c31);
    }

    /// <summary>4 rows by 1 vector.</summary>
    private static void Tile4x1(
        int depth1, T* a1, nint rows1, nint deep1, T* b1, nint ldb1, T* rowScale,
        int depth2, T* a2, nint rows2, nint deep2, T* b2, nint ldb2, T* c, nint ldc, bool adds)
    {
        V c0 = S.Zero, c1 = S.Zero, c2 = S.Zero, c3 = S.Zero;

        for (int k = 0; k < depth1; k++)
        {
            V bx = S.Load(b1);
            c0 = S.MultiplyAdd(S.Broadcast(*a1), bx, c0);
            c1 = S.MultiplyAdd(S.Broadcast(a1[rows1]), bx, c1);
            c2 = S.MultiplyAdd(S.Broadcast(a1[2 * rows1]), bx, c2);
            c3 = S.MultiplyAdd(S.Broadcast(a1[3 * rows1]), bx, c3);
            a1 += deep1;
            b1 += ldb1;
        }

        V s = S.Broadcast(*rowScale);
        c0 = S.Multiply(c0, s);
        s = S.Broadcast(rowScale[1]);
        c1 = S.Multiply(c1, s);
        s = S.Broadcast(rowScale[2]);
        c2 = S.Multiply(c2, s);
        s = S.Broadcast(rowScale[3]);
        c3 = S.Multiply(c3, s);

        if (adds)
        {
            c0 = S.Add(c0, S.Load(c));
            c1 = S.Add(c1, S.Load(c + ldc));
            c2 = S.Add(c2, S.Load(c + 2 * ldc));
            c3 = S.Add(c3, S.Load(c + 3 * ldc));
        }

        for (int k = 0; k < depth2; k++)
        {
            V bx = S.Load(b2);
            c0 = S.MultiplyAdd(S.Broadcast(*a2), bx, c0);
            c1 = S.MultiplyAdd(S.Broadcast(a2[rows2]), bx, c1);
            c2 = S.MultiplyAdd(S.Broadcast(a2[2 * rows2]), bx, c2);
            c3 = S.MultiplyAdd(S.Broadcast(a2[3 * rows2]), bx, c3);
            a2 += deep2;
            b2 += ldb2;
        }

        S.Store(c, c0);
        c += ldc;
        S.Store(c, c1);
        c += ldc;
        S.Store(c, c2);
        c += ldc;
        S.Store(c, c3);
    }
}
