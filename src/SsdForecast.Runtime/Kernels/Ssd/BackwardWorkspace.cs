using System.Numerics;

namespace SsdForecast.Runtime.Kernels;

/// <summary>Scratch memory of one unit of the backward pass: what one segment needs, whatever the length of the sequence.</summary>
internal readonly unsafe struct BackwardWorkspace<S, T, V>
    where S : ISimd<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
{
    private const int ChunkSize = ChunkTables<T>.ChunkSize;
    private const int Chunks = ChunkLayout<T>.SegmentChunks;

    /// <summary>B, C and scores of the segment.</summary>
    public readonly GroupSegment<S, T, V> Group;

    /// <summary>States before each chunk of the segment, of the head at hand.</summary>
    public readonly T* States;

    /// <summary>Summed over heads, a chunk each: gradient of the scores (16, 16), transposed gradients of B and C (n, 16) through states.</summary>
    public readonly T* ScoreGradients, BGradients, CGradients;

    /// <summary>Per step of the segment: dt as used, its slope, decay, gain where given.</summary>
    public readonly T* Dt, Slope, Decay, Gain;

    /// <summary>(16, 16) each.</summary>
    public readonly T* Mixing, Mask, Products;

    /// <summary>(16) each.</summary>
    public readonly T* Carry, Tail, TailGain, Through, From, Columns, Blocks;

    /// <summary>(16, p) each.</summary>
    public readonly T* X, GradY, Scaled, GradX;

    /// <summary>(p, 16) each.</summary>
    public readonly T* XTransposed, GradYTransposed;

    /// <summary>Cuts the memory.</summary>
    public BackwardWorkspace(ref Arena arena, in ChunkLayout<T> layout)
    {
        int square = ChunkSize * ChunkSize, wide = ChunkSize * layout.Columns;
        Group = new GroupSegment<S, T, V>(ref arena, layout, keepTransposed: true);
        States = arena.Take<T>((long)Chunks * layout.StateLength);
        ScoreGradients = arena.Take<T>(Chunks * square);
        BGradients = arena.Take<T>(Chunks * ChunkSize * layout.StateRows);
        CGradients = arena.Take<T>(Chunks * ChunkSize * layout.StateRows);
        Dt = arena.Take<T>(Chunks * ChunkSize);
        Slope = arena.Take<T>(Chunks * ChunkSize);
        Decay = arena.Take<T>(Chunks * ChunkSize);
        Gain = arena.Take<T>(Chunks * ChunkSize);
        Mixing = arena.Take<T>(square);
        Mask = arena.Take<T>(square);
        Products = arena.Take<T>(square);
        Carry = arena.Take<T>(ChunkSize);
        Tail = arena.Take<T>(ChunkSize);
        TailGain = arena.Take<T>(ChunkSize);
        Through = arena.Take<T>(ChunkSize);
        From = arena.Take<T>(ChunkSize);
        Columns = arena.Take<T>(ChunkSize);
        Blocks = arena.Take<T>(ChunkSize);
        X = arena.Take<T>(wide);
        GradY = arena.Take<T>(wide);
        Scaled = arena.Take<T>(wide);
        GradX = arena.Take<T>(wide);
        XTransposed = arena.Take<T>(wide);
        GradYTransposed = arena.Take<T>(wide);
    }
}
