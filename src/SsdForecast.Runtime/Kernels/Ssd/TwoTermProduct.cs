using System.Numerics;

namespace SsdForecast.Runtime.Kernels;

/// <summary>
/// C = diag(rowScale)·A₁·B₁ + A₂·B₂ (+ C) over the rows of a chunk, in register tiles: the first product carries what comes through the state,
/// the second what stays inside the chunk. A's may be read transposed (their two strides are free); B's and C have contiguous rows.
/// </summary>
internal static unsafe partial class TwoTermProduct<S, T, V>
    where S : ISimd<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
{
    /// <summary>Multiplies for <paramref name="rows"/> rows (a multiple of 8) and <paramref name="vectors"/> columns in vectors.</summary>
    /// <param name="shape">Which part of A₂ (rows by rows) is not zero.</param>
    /// <param name="adds">Whether the products are added to what C holds.</param>
    public static void Run(
        int rows, int vectors, int depth1, T* a1, nint rows1, nint deep1, T* b1, nint ldb1, T* rowScale,
        MatrixPart shape, int depth2, T* a2, nint rows2, nint deep2, T* b2, nint ldb2, T* c, nint ldc, bool adds)
    {
        int step = S.HasManyRegisters ? 8 : 4;
        for (int row = 0; row < rows; row += step)
        {
            int start = shape == MatrixPart.Upper ? row : 0;
            int depth = (shape == MatrixPart.Lower ? row + step : depth2) - start;
            T* a = a2 + row * rows2 + start * deep2, b = b2 + start * ldb2, a0 = a1 + row * rows1, to = c + row * ldc;
            int column = 0;
            for (; column + 2 <= vectors; column += 2)
            {
                nint at = column * S.Width;
                if (S.HasManyRegisters)
                    Tile8x2(depth1, a0, rows1, deep1, b1 + at, ldb1, rowScale + row, depth, a, rows2, deep2, b + at, ldb2, to + at, ldc, adds);
                else
                    Tile4x2(depth1, a0, rows1, deep1, b1 + at, ldb1, rowScale + row, depth, a, rows2, deep2, b + at, ldb2, to + at, ldc, adds);
            }

            if (column < vectors)
            {
                nint at = column * S.Width;
                if (S.HasManyRegisters)
                    Tile8x1(depth1, a0, rows1, deep1, b1 + at, ldb1, rowScale + row, depth, a, rows2, deep2, b + at, ldb2, to + at, ldc, adds);
                else
                    Tile4x1(depth1, a0, rows1, deep1, b1 + at, ldb1, rowScale + row, depth, a, rows2, deep2, b + at, ldb2, to + at, ldc, adds);
            }
        }
    }

    /// <summary>8 rows by 2 vectors.</summary>
    private static void Tile8x2(
        int depth1, T* a1, nint rows1, nint deep1, T* b1, nint ldb1, T* rowScale,
        int depth2, T* a2, nint rows2, nint deep2, T* b2, nint ldb2, T* c, nint ldc, bool adds)
    {
        V c00 = S.Zero, c01 = S.Zero;
        V c10 = S.Zero, c11 = S.Zero;
        V c20 = S.Zero, c21 = S.Zero;
        V c30 = S.Zero, c31 = S.Zero;
        V c40 = S.Zero, c41 = S.Zero;
        V c50 = S.Zero, c51 = S.Zero;
        V c60 = S.Zero, c61 = S.Zero;
        V c70 = S.Zero, c71 = S.Zero;

        T* a1b = a1 + 4 * rows1;
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
            a = S.Broadcast(*a1b);
            c40 = S.MultiplyAdd(a, bx, c40);
            c41 = S.MultiplyAdd(a, by, c41);
            a = S.Broadcast(a1b[rows1]);
            c50 = S.MultiplyAdd(a, bx, c50);
            c51 = S.MultiplyAdd(a, by, c51);
            a = S.Broadcast(a1b[2 * rows1]);
            c60 = S.MultiplyAdd(a, bx, c60);
            c61 = S.MultiplyAdd(a, by, c61);
            a = S.Broadcast(a1b[3 * rows1]);
            c70 = S.MultiplyAdd(a, bx, c70);
            c71 = S.MultiplyAdd(a, by, c71);
            a1 += deep1;
            a1b += deep1;
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
        s = S.Broadcast(rowScale[4]);
        c40 = S.Multiply(c40, s);
        c41 = S.Multiply(c41, s);
        s = S.Broadcast(rowScale[5]);
        c50 = S.Multiply(c50, s);
        c51 = S.Multiply(c51, s);
        s = S.Broadcast(rowScale[6]);
        c60 = S.Multiply(c60, s);
        c61 = S.Multiply(c61, s);
        s = S.Broadcast(rowScale[7]);
        c70 = S.Multiply(c70, s);
        c71 = S.Multiply(c71, s);

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
            c40 = S.Add(c40, S.Load(c + 4 * ldc));
            c41 = S.Add(c41, S.Load(c + 4 * ldc + S.Width));
            c50 = S.Add(c50, S.Load(c + 5 * ldc));
            c51 = S.Add(c51, S.Load(c + 5 * ldc + S.Width));
            c60 = S.Add(c60, S.Load(c + 6 * ldc));
            c61 = S.Add(c61, S.Load(c + 6 * ldc + S.Width));
            c70 = S.Add(c70, S.Load(c + 7 * ldc));
            c71 = S.Add(c71, S.Load(c + 7 * ldc + S.Width));
        }

        T* a2b = a2 + 4 * rows2;
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
            a = S.Broadcast(*a2b);
            c40 = S.MultiplyAdd(a, bx, c40);
            c41 = S.MultiplyAdd(a, by, c41);
            a = S.Broadcast(a2b[rows2]);
            c50 = S.MultiplyAdd(a, bx, c50);
            c51 = S.MultiplyAdd(a, by, c51);
            a = S.Broadcast(a2b[2 * rows2]);
            c60 = S.MultiplyAdd(a, bx, c60);
            c61 = S.MultiplyAdd(a, by, c61);
            a = S.Broadcast(a2b[3 * rows2]);
            c70 = S.MultiplyAdd(a, bx, c70);
            c71 = S.MultiplyAdd(a, by, c71);
            a2 += deep2;
            a2b += deep2;
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
        c += ldc;
        S.Store(c, c40);
        S.Store(c + S.Width, c41);
        c += ldc;
        S.Store(c, c50);
        S.Store(c + S.Width, c51);
        c += ldc;
        S.Store(c, c60);
        S.Store(c + S.Width, c61);
        c += ldc;
        S.Store(c, c70);
        S.Store(c + S.Width, c71);
    }

    /// <summary>8 rows by 1 vector.</summary>
    private static void Tile8x1(
        int depth1, T* a1, nint rows1, nint deep1, T* b1, nint ldb1, T* rowScale,
        int depth2, T* a2, nint rows2, nint deep2, T* b2, nint ldb2, T* c, nint ldc, bool adds)
    {
        V c0 = S.Zero, c1 = S.Zero, c2 = S.Zero, c3 = S.Zero;
        V c4 = S.Zero, c5 = S.Zero, c6 = S.Zero, c7 = S.Zero;

        T* a1b = a1 + 4 * rows1;
        for (int k = 0; k < depth1; k++)
        {
            V bx = S.Load(b1);
            c0 = S.MultiplyAdd(S.Broadcast(*a1), bx, c0);
            c1 = S.MultiplyAdd(S.Broadcast(a1[rows1]), bx, c1);
            c2 = S.MultiplyAdd(S.Broadcast(a1[2 * rows1]), bx, c2);
            c3 = S.MultiplyAdd(S.Broadcast(a1[3 * rows1]), bx, c3);
            c4 = S.MultiplyAdd(S.Broadcast(*a1b), bx, c4);
            c5 = S.MultiplyAdd(S.Broadcast(a1b[rows1]), bx, c5);
            c6 = S.MultiplyAdd(S.Broadcast(a1b[2 * rows1]), bx, c6);
            c7 = S.MultiplyAdd(S.Broadcast(a1b[3 * rows1]), bx, c7);
            a1 += deep1;
            a1b += deep1;
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
        s = S.Broadcast(rowScale[4]);
        c4 = S.Multiply(c4, s);
        s = S.Broadcast(rowScale[5]);
        c5 = S.Multiply(c5, s);
        s = S.Broadcast(rowScale[6]);
        c6 = S.Multiply(c6, s);
        s = S.Broadcast(rowScale[7]);
        c7 = S.Multiply(c7, s);

        if (adds)
        {
            c0 = S.Add(c0, S.Load(c));
            c1 = S.Add(c1, S.Load(c + ldc));
            c2 = S.Add(c2, S.Load(c + 2 * ldc));
            c3 = S.Add(c3, S.Load(c + 3 * ldc));
            c4 = S.Add(c4, S.Load(c + 4 * ldc));
            c5 = S.Add(c5, S.Load(c + 5 * ldc));
            c6 = S.Add(c6, S.Load(c + 6 * ldc));
            c7 = S.Add(c7, S.Load(c + 7 * ldc));
        }

        T* a2b = a2 + 4 * rows2;
        for (int k = 0; k < depth2; k++)
        {
            V bx = S.Load(b2);
            c0 = S.MultiplyAdd(S.Broadcast(*a2), bx, c0);
            c1 = S.MultiplyAdd(S.Broadcast(a2[rows2]), bx, c1);
            c2 = S.MultiplyAdd(S.Broadcast(a2[2 * rows2]), bx, c2);
            c3 = S.MultiplyAdd(S.Broadcast(a2[3 * rows2]), bx, c3);
            c4 = S.MultiplyAdd(S.Broadcast(*a2b), bx, c4);
            c5 = S.MultiplyAdd(S.Broadcast(a2b[rows2]), bx, c5);
            c6 = S.MultiplyAdd(S.Broadcast(a2b[2 * rows2]), bx, c6);
            c7 = S.MultiplyAdd(S.Broadcast(a2b[3 * rows2]), bx, c7);
            a2 += deep2;
            a2b += deep2;
            b2 += ldb2;
        }

        S.Store(c, c0);
        c += ldc;
        S.Store(c, c1);
        c += ldc;
        S.Store(c, c2);
        c += ldc;
        S.Store(c, c3);
        c += ldc;
        S.Store(c, c4);
        c += ldc;
        S.Store(c, c5);
        c += ldc;
        S.Store(c, c6);
        c += ldc;
        S.Store(c, c7);
    }
}
