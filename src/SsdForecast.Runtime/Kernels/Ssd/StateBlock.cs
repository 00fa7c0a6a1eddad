using System.Numerics;
using System.Runtime.CompilerServices;

namespace SsdForecast.Runtime.Kernels;

/// <summary>States between the outside's (p, n) and the kernels' padded (n, p).</summary>
internal static unsafe class StateBlock<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Loads (p, n), or zero where <paramref name="source"/> is null.</summary>
    public static void Load(T* source, in SsdShape shape, in ChunkLayout<T> layout, T* block)
    {
        Clear(block, layout);
        if (source != null)
            Transpose<T>.Run(source, shape.HeadDim, shape.StateSize, shape.StateSize, block, layout.Columns);
    }

    /// <summary>Stores as (p, n).</summary>
    public static void Store(T* block, in SsdShape shape, in ChunkLayout<T> layout, T* destination) =>
        Transpose<T>.Run(block, shape.StateSize, shape.HeadDim, layout.Columns, destination, shape.StateSize);

    /// <summary>Saves as a checkpoint, (n, p) without padding.</summary>
    public static void Save(T* block, in SsdShape shape, in ChunkLayout<T> layout, T* checkpoint)
    {
        if (layout.Columns == shape.HeadDim)
        {
            Unsafe.CopyBlockUnaligned(checkpoint, block, (uint)(shape.StateSize * shape.HeadDim * sizeof(T)));
            return;
        }

        for (int i = 0; i < shape.StateSize; i++)
            Unsafe.CopyBlockUnaligned(checkpoint + (nint)i * shape.HeadDim, block + (nint)i * layout.Columns, (uint)(shape.HeadDim * sizeof(T)));
    }

    /// <summary>Restores a checkpoint.</summary>
    public static void Restore(T* checkpoint, in SsdShape shape, in ChunkLayout<T> layout, T* block)
    {
        if (layout.StateLength == shape.StateSize * shape.HeadDim)
        {
            Unsafe.CopyBlockUnaligned(block, checkpoint, (uint)(layout.StateLength * sizeof(T)));
            return;
        }

        Clear(block, layout);
        for (int i = 0; i < shape.StateSize; i++)
            Unsafe.CopyBlockUnaligned(block + (nint)i * layout.Columns, checkpoint + (nint)i * shape.HeadDim, (uint)(shape.HeadDim * sizeof(T)));
    }

    private static void Clear(T* block, in ChunkLayout<T> layout) => Unsafe.InitBlockUnaligned(block, 0, (uint)(layout.StateLength * sizeof(T)));
}
