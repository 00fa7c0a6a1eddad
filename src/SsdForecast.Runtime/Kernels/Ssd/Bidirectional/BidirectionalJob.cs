using System.Numerics;
using System.Runtime.CompilerServices;

namespace SsdForecast.Runtime.Kernels;

/// <summary>
/// The bidirectional forward pass, merged: a sweep from the end leaves the reverse states behind the segments, then a sweep from the start takes each chunk once.
/// With H the forward state before it and G the reverse state behind it, Y = diag(carry_f)·C_f·H + diag(carry_r)·C_r·G + M·X, where M holds both
/// strict triangles and the diagonal. The rows of C are those of the step before and the step after.
/// </summary>
internal sealed unsafe class BidirectionalJob<S, T, V>(SsdShape shape, SsdBidirectionalInputs<T> inputs, T* y, SsdKernelOptions options) : UnitJob
    where S : ISimd<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
{
    private const int ChunkSize = ChunkTables<T>.ChunkSize;
    private const int SegmentLength = ChunkLayout<T>.SegmentLength;
    private readonly SsdPass pass = new(shape.Length);
    private readonly ChunkLayout<T> layout = new(shape, S.Width);
    private readonly HeadPartition partition = new(shape, 2 * options.MaxDegreeOfParallelism);
    private readonly nint stride = (nint)shape.Heads * shape.HeadDim;

    public override int Units => partition.Units;

    public override nuint WorkspaceBytes
    {
        get
        {
            var arena = new Arena(null);
            _ = new BidirectionalWorkspace<S, T, V>(ref arena, layout, partition.HeadsPerUnit);
            return arena.Used;
        }
    }

    public override void Run(int unit, byte* workspace)
    {
        var arena = new Arena(workspace);
        BidirectionalWorkspace<S, T, V> work = new(ref arena, layout, partition.HeadsPerUnit);
        HeadBlock block = partition[unit];
        Clear(work.ForwardStates, block.Heads * layout.StateLength);
        for (int i = 0; i < block.Heads; i++)
            Clear(SegmentState(work, i, layout.Segments - 1), layout.StateLength);

        for (int segment = layout.Segments - 1; segment > 0; segment--)
        {
            int start = segment * SegmentLength, count = Math.Min(SegmentLength, shape.Length - start);
            work.Reverse.Fill(inputs.ReverseB, null, shape, pass, block.Batch, block.Group, start, count);
            for (int i = 0; i < block.Heads; i++)
            {
                ReverseSteps(work, block, i, start, count);
                ReverseStates(work, block, i, SegmentState(work, i, segment), start, count, SegmentState(work, i, segment - 1));
            }
        }

        for (int segment = 0; segment < layout.Segments; segment++)
        {
            int start = segment * SegmentLength, count = Math.Min(SegmentLength, shape.Length - start);
            work.Forward.Fill(inputs.ForwardB, inputs.ForwardC, shape, pass, block.Batch, block.Group, start, count, -1);
            work.Reverse.Fill(inputs.ReverseB, inputs.ReverseC, shape, pass, block.Batch, block.Group, start, count, 1);
            for (int i = 0; i < block.Heads; i++)
            {
                ReverseSteps(work, block, i, start, count);
                ReverseStates(work, block, i, SegmentState(work, i, segment), start, count, null);
                RunSegment(work, block, i, start, count);
            }
        }
    }

    /// <summary>
    /// From the reverse state behind the segment those behind each of its chunks, and unless <paramref name="before"/> is null the one behind the segment before.
    /// </summary>
    private void ReverseStates(in BidirectionalWorkspace<S, T, V> work, in HeadBlock block, int i, T* behind, int start, int count, T* before)
    {
        int chunks = (count + ChunkSize - 1) / ChunkSize;
        nint at = (pass.Row(block.Batch, start) * shape.Heads + block.FirstHead + i) * shape.HeadDim;
        Unsafe.CopyBlockUnaligned(work.ReverseStates + (chunks - 1) * layout.StateLength, behind, (uint)(layout.StateLength * sizeof(T)));
        for (int chunk = chunks - 1; chunk >= (before == null ? 1 : 0); chunk--)
        {
            int done = chunk * ChunkSize;
            T* x = Rows(work, at + done * stride, Math.Min(ChunkSize, count - done), out nint ldx), state = work.ReverseStates + chunk * layout.StateLength;
            T total = BidirectionalMask<S, T, V>.Reverse(
                null, work.ReverseDt + done, work.ReverseDecay + done, null, null, work.ReverseCarry, work.Tail);
            ChunkRows<S, T, V>.Scale(x, ldx, work.Tail, work.ReverseDt + done, work.Scaled, layout.Columns);
            StateUpdate<S, T, V>.Run(
                layout.StateRows, layout.Vectors, total, state, ChunkSize, work.Reverse.B(chunk), layout.StateRows, work.Scaled, layout.Columns,
                chunk == 0 ? before : state - layout.StateLength, layout.Columns);
        }
    }

    private void RunSegment(in BidirectionalWorkspace<S, T, V> work, in HeadBlock block, int i, int start, int count)
    {
        int head = block.FirstHead + i, rows = layout.StateRows, columns = layout.Columns;
        int padded = (count + ChunkSize - 1) / ChunkSize * ChunkSize;
        T* state = work.ForwardStates + i * layout.StateLength;
        TimeSteps<S, T, V>.Fill(inputs.Forward, shape, pass, options, block.Batch, head, start, count, padded, work.ForwardDt, work.ForwardDecay, null);
        _ = TimeSteps<S, T, V>.Gain(inputs.Forward, shape, pass, block.Batch, head, start, count, padded, work.ForwardDt, work.ForwardDt);
        nint row = pass.Row(block.Batch, start);
        for (int t = 0; t < padded; t++)
            work.Diagonal[t] = t < count ? inputs.Diagonal[(row + t) * shape.Heads + head] : T.Zero;
        nint at = (row * shape.Heads + head) * shape.HeadDim;
        for (int chunk = 0; chunk * ChunkSize < count; chunk++, at += ChunkSize * stride)
        {
            int done = chunk * ChunkSize, steps = Math.Min(ChunkSize, count - done);
            T* x = Rows(work, at, steps, out nint ldx);
            bool whole = steps == ChunkSize && columns == shape.HeadDim;
            T* to = whole ? y + at : work.Y;
            nint ldy = whole ? stride : columns;
            T total = BidirectionalMask<S, T, V>.Forward(
                work.Forward.Scores(chunk), work.ForwardDt + done, work.ForwardDecay + done, work.Mixing, work.Carry, work.Tail);
            ChunkRows<S, T, V>.Scale(x, ldx, work.Tail, work.ForwardDt + done, work.Scaled, columns);
            _ = BidirectionalMask<S, T, V>.Reverse(
                work.Reverse.Scores(chunk), work.ReverseDt + done, work.ReverseDecay + done, work.Diagonal + done, work.Mixing, work.ReverseCarry, work.Tail);
            TwoTermProduct<S, T, V>.Run(
                ChunkSize, layout.Vectors, rows, work.Forward.C(chunk), rows, 1, state, columns, work.Carry,
                MatrixPart.Full, ChunkSize, work.Mixing, ChunkSize, 1, x, ldx, to, ldy, false);
            TwoTermProduct<S, T, V>.Run(
                ChunkSize, layout.Vectors, rows, work.Reverse.C(chunk), rows, 1, work.ReverseStates + chunk * layout.StateLength, columns, work.ReverseCarry,
                MatrixPart.Full, 0, work.Mixing, ChunkSize, 1, x, ldx, to, ldy, true);
            if (!whole)
                ChunkRows<S, T, V>.Unpack(work.Y, columns, y + at, stride, steps, shape.HeadDim);
            StateUpdate<S, T, V>.Run(
                rows, layout.Vectors, total, state, ChunkSize, work.Forward.B(chunk), rows, work.Scaled, columns, state, columns);
        }
    }

    private void ReverseSteps(in BidirectionalWorkspace<S, T, V> work, in HeadBlock block, int i, int start, int count)
    {
        int head = block.FirstHead + i, padded = (count + ChunkSize - 1) / ChunkSize * ChunkSize;
        TimeSteps<S, T, V>.Fill(inputs.Reverse, shape, pass, options, block.Batch, head, start, count, padded, work.ReverseDt, work.ReverseDecay, null);
        _ = TimeSteps<S, T, V>.Gain(inputs.Reverse, shape, pass, block.Batch, head, start, count, padded, work.ReverseDt, work.ReverseDt);
    }

    private T* Rows(in BidirectionalWorkspace<S, T, V> work, nint at, int steps, out nint lead)
    {
        lead = stride;
        if (steps == ChunkSize && layout.Columns == shape.HeadDim)
            return inputs.X + at;
        ChunkRows<S, T, V>.Pack(inputs.X + at, stride, steps, shape.HeadDim, work.X, layout.Columns);
        lead = layout.Columns;
        return work.X;
    }

    private T* SegmentState(in BidirectionalWorkspace<S, T, V> work, int i, int segment) =>
        work.SegmentStates + ((nint)i * layout.Segments + segment) * layout.StateLength;

    private static void Clear(T* memory, int length) => Unsafe.InitBlockUnaligned(memory, 0, (uint)(length * sizeof(T)));
}
