using System.Numerics;

namespace SsdForecast.Runtime.Kernels;

/// <summary>
/// C = scale·source + Aᵀ·B over the n rows of a state, K = the time steps of a chunk: how a state, or its gradient, passes a chunk.
/// A is (steps, n), B is (steps, p), both with contiguous rows; C may be the source itself.
/// </summary>
internal static unsafe class StateUpdate<S, T, V>
    where S : ISimd<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
{
    /// <summary>Updates <paramref name="rows"/> rows (a multiple of 8) by <paramref name="vectors"/> vectors.</summary>
    public static void Run(int rows, int vectors, T scale, T* source, int depth, T* a, nint lda, T* b, nint ldb, T* c, nint ldc)
    {
        int step = S.HasManyRegisters ? 8 : 4;
        for (int row = 0; row < rows; row += step)
            Rows(vectors, scale, source + row * ldc, depth, a + row, lda, b, ldb, c + row * ldc, ldc);
    }

    /// <summary>Σ a·b over two states of <paramref name="length"/> elements, a multiple of 8 vectors.</summary>
    public static T Dot(T* a, T* b, int length)
    {
        V s0 = S.Zero, s1 = S.Zero, s2 = S.Zero, s3 = S.Zero;
        for (T* end = a + length; a < end; a += 4 * S.Width, b += 4 * S.Width)
        {
            s0 = S.MultiplyAdd(S.Load(a), S.Load(b), s0);
            s1 = S.MultiplyAdd(S.Load(a + S.Width), S.Load(b + S.Width), s1);
            s2 = S.MultiplyAdd(S.Load(a + 2 * S.Width), S.Load(b + 2 * S.Width), s2);
            s3 = S.MultiplyAdd(S.Load(a + 3 * S.Width), S.Load(b + 3 * S.Width), s3);
        }

        return S.Sum(S.Add(S.Add(s0, s1), S.Add(s2, s3)));
    }

    private static void Rows(int vectors, T scale, T* source, int depth, T* a, nint lda, T* b, nint ldb, T* c, nint ldc)
    {
        int column = 0;
        for (; column + 2 <= vectors; column += 2)
        {
            nint at = column * S.Width;
            if (S.HasManyRegisters)
                Tile8x2(scale, source + at, depth, a, lda, b + at, ldb, c + at, ldc);
            else
                Tile4x2(scale, source + at, depth, a, lda, b + at, ldb, c + at, ldc);
        }

        if (column < vectors)
        {
            nint at = column * S.Width;
            if (S.HasManyRegisters)
                Tile8x1(scale, source + at, depth, a, lda, b + at, ldb, c + at, ldc);
            else
                Tile4x1(scale, source + at, depth, a, lda, b + at, ldb, c + at, ldc);
        }
    }

    /// <summary>8 rows by 2 vectors.</summary>
    private static void Tile8x2(T scale, T* source, int depth, T* a, nint lda, T* b, nint ldb, T* c, nint ldc)
    {
        V s = S.Broadcast(scale);
        T* sourceb = source + 4 * ldc;
        V c00 = S.Multiply(s, S.Load(source)), c01 = S.Multiply(s, S.Load(source + S.Width));
        V c10 = S.Multiply(s, S.Load(source + ldc)), c11 = S.Multiply(s, S.Load(source + ldc + S.Width));
        V c20 = S.Multiply(s, S.Load(source + 2 * ldc)), c21 = S.Multiply(s, S.Load(source + 2 * ldc + S.Width));
        V c30 = S.Multiply(s, S.Load(source + 3 * ldc)), c31 = S.Multiply(s, S.Load(source + 3 * ldc + S.Width));
        V c40 = S.Multiply(s, S.Load(sourceb)), c41 = S.Multiply(s, S.Load(sourceb + S.Width));
        V c50 = S.Multiply(s, S.Load(sourceb + ldc)), c51 = S.Multiply(s, S.Load(sourceb + ldc + S.Width));
        V c60 = S.Multiply(s, S.Load(sourceb + 2 * ldc)), c61 = S.Multiply(s, S.Load(sourceb + 2 * ldc + S.Width));
        V c70 = S.Multiply(s, S.Load(sourceb + 3 * ldc)), c71 = S.Multiply(s, S.Load(sourceb + 3 * ldc + S.Width));

        for (int k = 0; k < depth; k++)
        {
            V bx = S.Load(b), by = S.Load(b + S.Width);
            V a0 = S.Broadcast(*a);
            c00 = S.MultiplyAdd(a0, bx, c00);
            c01 = S.MultiplyAdd(a0, by, c01);
            a0 = S.Broadcast(a[1]);
            c10 = S.MultiplyAdd(a0, bx, c10);
            c11 = S.MultiplyAdd(a0, by, c11);
            a0 = S.Broadcast(a[2]);
            c20 = S.MultiplyAdd(a0, bx, c20);
            c21 = S.MultiplyAdd(a0, by, c21);
            a0 = S.Broadcast(a[3]);
            c30 = S.MultiplyAdd(a0, bx, c30);
            c31 = S.MultiplyAdd(a0, by, c31);
            a0 = S.Broadcast(a[4]);
            c40 = S.MultiplyAdd(a0, bx, c40);
            c41 = S.MultiplyAdd(a0, by, c41);
            a0 = S.Broadcast(a[5]);
            c50 = S.MultiplyAdd(a0, bx, c50);
            c51 = S.MultiplyAdd(a0, by, c51);
            a0 = S.Broadcast(a[6]);
            c60 = S.MultiplyAdd(a0, bx, c60);
            c61 = S.MultiplyAdd(a0, by, c61);
            a0 = S.Broadcast(a[7]);
            c70 = S.MultiplyAdd(a0, bx, c70);
            c71 = S.MultiplyAdd(a0, by, c71);
            a += lda;
            b += ldb;
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
    private static void Tile8x1(T scale, T* source, int depth, T* a, nint lda, T* b, nint ldb, T* c, nint ldc)
    {
        V s = S.Broadcast(scale);
        T* sourceb = source + 4 * ldc;
        V c0 = S.Multiply(s, S.Load(source));
        V c1 = S.Multiply(s, S.Load(source + ldc));
        V c2 = S.Multiply(s, S.Load(source + 2 * ldc));
        V c3 = S.Multiply(s, S.Load(source + 3 * ldc));
        V c4 = S.Multiply(s, S.Load(sourceb));
        V c5 = S.Multiply(s, S.Load(sourceb + ldc));
        V c6 = S.Multiply(s, S.Load(sourceb + 2 * ldc));
        V c7 = S.Multiply(s, S.Load(sourceb + 3 * ldc));

        for (int k = 0; k < depth; k++)
        {
            V bx = S.Load(b);
            c0 = S.MultiplyAdd(S.Broadcast(*a), bx, c0);
            c1 = S.MultiplyAdd(S.Broadcast(a[1]), bx, c1);
            c2 = S.MultiplyAdd(S.Broadcast(a[2]), bx, c2);
            c3 = S.MultiplyAdd(S.Broadcast(a[3]), bx, c3);
            c4 = S.MultiplyAdd(S.Broadcast(a[4]), bx, c4);
            c5 = S.MultiplyAdd(S.Broadcast(a[5]), bx, c5);
            c6 = S.MultiplyAdd(S.Broadcast(a[6]), bx, c6);
            c7 = S.MultiplyAdd(S.Broadcast(a[7]), bx, c7);
            a += lda;
            b += ldb;
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

    /// <summary>4 rows by 2 vectors.</summary>
    private static void Tile4x2(T scale, T* source, int depth, T* a, nint lda, T* b, nint ldb, T* c, nint ldc)
    {
        V s = S.Broadcast(scale);
        V c00 = S.Multiply(s, S.Load(source)), c01 = S.Multiply(s, S.Load(source + S.Width));
        V c10 = S.Multiply(s, S.Load(source + ldc)), c11 = S.Multiply(s, S.Load(source + ldc + S.Width));
        V c20 = S.Multiply(s, S.Load(source + 2 * ldc)), c21 = S.Multiply(s, S.Load(source + 2 * ldc + S.Width));
        V c30 = S.Multiply(s, S.Load(source + 3 * ldc)), c31 = S.Multiply(s, S.Load(source + 3 * ldc + S.Width));

        for (int k = 0; k < depth; k++)
        {
            V bx = S.Load(b), by = S.Load(b + S.Width);
            V a0 = S.Broadcast(*a);
            c00 = S.MultiplyAdd(a0, bx, c00);
            c01 = S.MultiplyAdd(a0, by, c01);
            a0 = S.Broadcast(a[1]);
            c10 = S.MultiplyAdd(a0, bx, c10);
            c11 = S.MultiplyAdd(a0, by, c11);
            a0 = S.Broadcast(a[2]);
            c20 = S.MultiplyAdd(a0, bx, c20);
            c21 = S.MultiplyAdd(a0, by, c21);
            a0 = S.Broadcast(a[3]);
            c30 = S.MultiplyAdd(a0, bx, c30);
            c31 = S.MultiplyAdd(a0, by, c31);
            a += lda;
            b += ldb;
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
    private static void Tile4x1(T scale, T* source, int depth, T* a, nint lda, T* b, nint ldb, T* c, nint ldc)
    {
        V s = S.Broadcast(scale);
        V c0 = S.Multiply(s, S.Load(source));
        V c1 = S.Multiply(s, S.Load(source + ldc));
        V c2 = S.Multiply(s, S.Load(source + 2 * ldc));
        V c3 = S.Multiply(s, S.Load(source + 3 * ldc));

        for (int k = 0; k < depth; k++)
        {
            V bx = S.Load(b);
            c0 = S.MultiplyAdd(S.Broadcast(*a), bx, c0);
            c1 = S.MultiplyAdd(S.Broadcast(a[1]), bx, c1);
            c2 = S.MultiplyAdd(S.Broadcast(a[2]), bx, c2);
            c3 = S.MultiplyAdd(S.Broadcast(a[3]), bx, c3);
            a += lda;
            b += ldb;
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
