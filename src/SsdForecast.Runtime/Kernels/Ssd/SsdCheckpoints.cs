namespace SsdForecast.Runtime.Kernels;

/// <summary>Where the state before a segment lies among the checkpoints: (b, h, segments, n, p).</summary>
internal static class SsdCheckpoints
{
    /// <summary>Elements of all checkpoints.</summary>
    public static long Length(in SsdShape shape) => shape.StatesLength * ChunkLayout<float>.SegmentCount(shape);

    /// <summary>First element of one checkpoint.</summary>
    public static nint Offset(in SsdShape shape, int segments, int batch, int head, int segment) =>
        (((nint)batch * shape.Heads + head) * segments + segment) * shape.StateSize * shape.HeadDim;
}
