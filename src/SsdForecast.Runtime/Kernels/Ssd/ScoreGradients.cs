using System.Numerics;

namespace SsdForecast.Runtime.Kernels;

/// <summary>What the 16×16 matrices of a chunk give to the gradients; every sum is of products that belong to it, none is a difference of larger ones.</summary>
internal static unsafe class ScoreGradients<S, T, V>
    where S : ISimd<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
{
    private const int ChunkSize = ChunkTables<T>.ChunkSize;

    /// <summary>
    /// With Z = dY·Xᵀ, S = C·Bᵀ and L the mask: adds Z∘L·diag(dt), the gradient of S, to <paramref name="scoreGradient"/>;
    /// <paramref name="columns"/>[j] = Σ_i (Z∘S∘L)[i, j]; <paramref name="blocks"/>[t] = Σ_{i≥t, j&lt;t} (Z∘S∘L)[i, j]·dt[j].
    /// Returns Σ_i Z[i, i], the gradient of D.
    /// </summary>
    /// <param name="z">(16, 16); overwritten with intermediate results.</param>
    /// <param name="mask">(16, 16); overwritten.</param>
    public static T Fill(T* z, T* scores, T* mask, T* dt, T* scoreGradient, T* columns, T* blocks)
    {
        V trace = S.Zero;
        for (int lane = 0; lane < ChunkSize; lane += S.Width)
        {
            V step = S.Load(dt + lane), column = S.Zero, below = S.Zero;
            for (int i = ChunkSize - 1; i >= 0; i--)
            {
                int at = i * ChunkSize + lane;
                V product = S.Load(z + at);
                trace = S.MultiplyAdd(product, S.Load(ChunkTables<T>.Identity + at), trace);
                product = S.Multiply(product, S.Load(mask + at));
                S.Store(scoreGradient + at, S.MultiplyAdd(product, step, S.Load(scoreGradient + at)));
                product = S.Multiply(product, S.Load(scores + at));
                column = S.Add(column, product);
                below = S.MultiplyAdd(product, step, below);
                S.Store(z + at, S.Multiply(below, S.Load(ChunkTables<T>.StrictlyLower + at)));
            }

            S.Store(columns + lane, column);
        }

        // Row sums of all 16 rows at once, as column sums of the transpose.
        Transpose<T>.Run(z, ChunkSize, ChunkSize, ChunkSize, mask, ChunkSize);
        for (int lane = 0; lane < ChunkSize; lane += S.Width)
        {
            V even = S.Zero, odd = S.Zero;
            for (int j = 0; j < ChunkSize; j += 2)
            {
                even = S.Add(even, S.Load(mask + j * ChunkSize + lane));
                odd = S.Add(odd, S.Load(mask + (j + 1) * ChunkSize + lane));
            }

            S.Store(blocks + lane, S.Add(even, odd));
        }

        return S.Sum(trace);
    }
}
