using System.Numerics;

namespace SsdForecast.Runtime.Kernels;

/// <summary>Padded sizes of the blocks that the kernels work on.</summary>
internal readonly record struct ChunkLayout<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Chunks of a segment. Between segments the forward pass leaves checkpoints; inside one the backward pass holds all states in the L2 cache.</summary>
    public const int SegmentChunks = 8;

    /// <summary>Time steps of a segment.</summary>
    public const int SegmentLength = SegmentChunks * ChunkTables<T>.ChunkSize;

    /// <summary>Pads for vectors of <paramref name="width"/> elements.</summary>
    public ChunkLayout(in SsdShape shape, int width)
    {
        Width = width;
        StateRows = (shape.StateSize + 7) / 8 * 8;
        Columns = (shape.HeadDim + width - 1) / width * width;
        Segments = SegmentCount(shape);
    }

    /// <summary>Elements of a vector.</summary>
    public int Width { get; }

    /// <summary>n, padded to the rows of a register tile.</summary>
    public int StateRows { get; }

    /// <summary>p, padded to whole vectors.</summary>
    public int Columns { get; }

    /// <summary>p in vectors.</summary>
    public int Vectors => Columns / Width;

    /// <summary>Elements of one head's state, kept (n, p), that is transposed.</summary>
    public int StateLength => StateRows * Columns;

    /// <summary>Segments of a sequence.</summary>
    public int Segments { get; }

    /// <summary>Segments of a sequence of <paramref name="shape"/>.</summary>
    public static int SegmentCount(in SsdShape shape) => (shape.Length + SegmentLength - 1) / SegmentLength;
}
