using System.Numerics;

namespace SsdForecast.Runtime.Kernels;

/// <summary>
/// What the heads of a group share in one segment: B and C as blocks (16, n) a chunk, transposed (n, 16), and the scores C·Bᵀ (16, 16).
/// </summary>
internal readonly unsafe struct GroupSegment<S, T, V>
    where S : ISimd<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
{
    private const int ChunkSize = ChunkTables<T>.ChunkSize;
    private const int Chunks = ChunkLayout<T>.SegmentChunks;
    private readonly T* b, c, bTransposed, cTransposed, scores;
    private readonly int rows;

    /// <summary>Takes the memory.</summary>
    /// <param name="keepTransposed">Whether the transposed blocks of all chunks are kept (for the backward pass).</param>
    public GroupSegment(ref Arena arena, in ChunkLayout<T> layout, bool keepTransposed)
    {
        rows = layout.StateRows;
        b = arena.Take<T>(Chunks * ChunkSize * rows);
        c = arena.Take<T>(Chunks * ChunkSize * rows);
        bTransposed = arena.Take<T>((keepTransposed ? Chunks : 1) * ChunkSize * rows);
        cTransposed = keepTransposed ? arena.Take<T>(Chunks * ChunkSize * rows) : null;
        scores = arena.Take<T>(Chunks * ChunkSize * ChunkSize);
    }

    /// <summary>B of a chunk, (16, n padded).</summary>
    public T* B(int chunk) => b + chunk * ChunkSize * rows;

    /// <summary>C of a chunk, (16, n padded).</summary>
    public T* C(int chunk) => c + chunk * ChunkSize * rows;

    /// <summary>Bᵀ of a chunk, (n padded, 16).</summary>
    public T* BTransposed(int chunk) => cTransposed == null ? bTransposed : bTransposed + chunk * ChunkSize * rows;

    /// <summary>Cᵀ of a chunk, (n padded, 16).</summary>
    public T* CTransposed(int chunk) => cTransposed + chunk * ChunkSize * rows;

    /// <summary>C·Bᵀ of a chunk, (16, 16).</summary>
    public T* Scores(int chunk) => scores + chunk * ChunkSize * ChunkSize;

    /// <summary>Fills from the steps <paramref name="start"/> … start + count − 1.</summary>
    /// <param name="b">B of all sequences.</param>
    /// <param name="c">C of all sequences, or null where only B is wanted, as for states alone.</param>
    /// <param name="shift">Row i takes C of step i + shift: −1, 0 or 1; zero outside the sequence.</param>
    public void Fill(T* b, T* c, in SsdShape shape, SsdPass pass, int batch, int group, int start, int count, int shift = 0)
    {
        nint row = (nint)shape.Groups * shape.StateSize, stride = pass.Sign * row;
        nint at = pass.Row(batch, start) * row + (nint)group * shape.StateSize;
        for (int chunk = 0; chunk * ChunkSize < count; chunk++, at += ChunkSize * stride)
        {
            int done = chunk * ChunkSize, steps = Math.Min(ChunkSize, count - done);
            ChunkRows<S, T, V>.Pack(b + at, stride, steps, shape.StateSize, B(chunk), rows);
            if (c == null)
                continue;
            int first = Math.Max(0, -(start + done + shift)), last = Math.Min(steps, shape.Length - start - done - shift);
            ChunkRows<S, T, V>.Pack(c + at + shift * stride, stride, last, shape.StateSize, C(chunk), rows, first);
            Transpose<T>.Run(B(chunk), ChunkSize, rows, rows, BTransposed(chunk), ChunkSize);
            if (cTransposed != null)
                Transpose<T>.Run(C(chunk), ChunkSize, rows, rows, CTransposed(chunk), ChunkSize);
            SquareProduct<S, T, V>.Run(rows, C(chunk), rows, BTransposed(chunk), Scores(chunk));
        }
    }
}
