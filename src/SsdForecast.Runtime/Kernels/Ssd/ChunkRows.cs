using System.Numerics;
using System.Runtime.CompilerServices;

namespace SsdForecast.Runtime.Kernels;

/// <summary>Rows of a chunk in and out of zero-padded blocks.</summary>
internal static unsafe class ChunkRows<S, T, V>
    where S : ISimd<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
{
    private const int ChunkSize = ChunkTables<T>.ChunkSize;

    /// <summary>Copies the rows from <paramref name="first"/> up to <paramref name="count"/> into (16, paddedColumns), zeros elsewhere.</summary>
    public static void Pack(T* source, nint stride, int count, int columns, T* block, int paddedColumns, int first = 0)
    {
        for (int i = 0; i < ChunkSize; i++, block += paddedColumns, source += stride)
        {
            if (i < first || i >= count)
            {
                Unsafe.InitBlockUnaligned(block, 0, (uint)(paddedColumns * sizeof(T)));
                continue;
            }

            int j = 0;
            for (; j + S.Width <= columns; j += S.Width)
                S.Store(block + j, S.Load(source + j));
            for (; j < columns; j++)
                block[j] = source[j];
            for (; j < paddedColumns; j++)
                block[j] = T.Zero;
        }
    }

    /// <summary>Copies the first rows and columns of a block out, or adds them to what is there.</summary>
    public static void Unpack(T* block, int paddedColumns, T* destination, nint stride, int count, int columns, bool adds = false)
    {
        for (int i = 0; i < count; i++, block += paddedColumns, destination += stride)
        {
            int j = 0;
            for (; j + S.Width <= columns; j += S.Width)
                S.Store(destination + j, adds ? S.Add(S.Load(destination + j), S.Load(block + j)) : S.Load(block + j));
            for (; j < columns; j++)
                destination[j] = adds ? destination[j] + block[j] : block[j];
        }
    }

    /// <summary>block[i, :] = first[i]·second[i]·source[i, :] for the 16 rows; second may be null.</summary>
    public static void Scale(T* source, nint stride, T* first, T* second, T* block, int paddedColumns)
    {
        for (int i = 0; i < ChunkSize; i++, block += paddedColumns, source += stride)
        {
            V factor = S.Broadcast(second == null ? first[i] : first[i] * second[i]);
            for (int j = 0; j < paddedColumns; j += S.Width)
                S.Store(block + j, S.Multiply(factor, S.Load(source + j)));
        }
    }
}
