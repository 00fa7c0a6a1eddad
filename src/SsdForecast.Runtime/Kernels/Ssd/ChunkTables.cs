using System.Numerics;
using System.Runtime.InteropServices;

namespace SsdForecast.Runtime.Kernels;

/// <summary>Constants of the size of a chunk, aligned and out of the collector's reach for the life of the process.</summary>
internal static unsafe class ChunkTables<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>
    /// Time steps of a chunk: the lanes of one 512-bit vector of float32. Measured best on AVX-512 for n, p = 16 … 128:
    /// larger chunks spend more on what stays inside a chunk than they spare on passing the state.
    /// </summary>
    public const int ChunkSize = 16;

    /// <summary>The identity, (16, 16).</summary>
    public static readonly T* Identity = Fill(static (i, j) => i == j);

    /// <summary>One below the diagonal, else zero, (16, 16).</summary>
    public static readonly T* StrictlyLower = Fill(static (i, j) => i > j);

    /// <summary>Ones, (16, 16).</summary>
    public static readonly T* Ones = Fill(static (_, _) => true);

    private static T* Fill(Func<int, int, bool> one)
    {
        var table = (T*)NativeMemory.AlignedAlloc((nuint)(ChunkSize * ChunkSize * sizeof(T)), 64);
        for (int i = 0; i < ChunkSize * ChunkSize; i++)
            table[i] = one(i / ChunkSize, i % ChunkSize) ? T.One : T.Zero;
        return table;
    }
}
