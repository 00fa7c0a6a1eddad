using System.Numerics;

namespace SsdForecast.Runtime.Kernels;

/// <summary>Scratch memory of one unit of the bidirectional forward pass.</summary>
internal readonly unsafe struct BidirectionalWorkspace<S, T, V>
    where S : ISimd<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
{
    private const int ChunkSize = ChunkTables<T>.ChunkSize;
    private const int SegmentLength = ChunkLayout<T>.SegmentLength;

    /// <summary>B, C and scores of the segment, a direction each.</summary>
    public readonly GroupSegment<S, T, V> Forward, Reverse;

    /// <summary>Forward states, one a head.</summary>
    public readonly T* ForwardStates;

    /// <summary>Reverse states behind each segment, (heads, segments).</summary>
    public readonly T* SegmentStates;

    /// <summary>Reverse states behind each chunk of the segment, of the head at hand.</summary>
    public readonly T* ReverseStates;

    /// <summary>Per step of the segment.</summary>
    public readonly T* ForwardDt, ForwardDecay, ReverseDt, ReverseDecay, Diagonal;

    /// <summary>(16, 16).</summary>
    public readonly T* Mixing;

    /// <summary>(16) each.</summary>
    public readonly T* Carry, ReverseCarry, Tail;

    /// <summary>(16, p) each.</summary>
    public readonly T* X, Scaled, Y;

    /// <summary>Cuts the memory.</summary>
    public BidirectionalWorkspace(ref Arena arena, in ChunkLayout<T> layout, int heads)
    {
        Forward = new GroupSegment<S, T, V>(ref arena, layout, keepTransposed: false);
        Reverse = new GroupSegment<S, T, V>(ref arena, layout, keepTransposed: false);
        ForwardStates = arena.Take<T>((long)heads * layout.StateLength);
        SegmentStates = arena.Take<T>((long)heads * layout.Segments * layout.StateLength);
        ReverseStates = arena.Take<T>((long)ChunkLayout<T>.SegmentChunks * layout.StateLength);
        ForwardDt = arena.Take<T>(SegmentLength);
        ForwardDecay = arena.Take<T>(SegmentLength);
        ReverseDt = arena.Take<T>(SegmentLength);
        ReverseDecay = arena.Take<T>(SegmentLength);
        Diagonal = arena.Take<T>(SegmentLength);
        Mixing = arena.Take<T>(ChunkSize * ChunkSize);
        Carry = arena.Take<T>(ChunkSize);
        ReverseCarry = arena.Take<T>(ChunkSize);
        Tail = arena.Take<T>(ChunkSize);
        X = arena.Take<T>(ChunkSize * layout.Columns);
        Scaled = arena.Take<T>(ChunkSize * layout.Columns);
        Y = arena.Take<T>(ChunkSize * layout.Columns);
    }
}
