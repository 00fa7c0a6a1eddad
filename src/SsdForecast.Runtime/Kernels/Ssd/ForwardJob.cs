using System.Numerics;

namespace SsdForecast.Runtime.Kernels;

/// <summary>
/// The causal forward pass. For each chunk of a head, with the state H (n, p) from before it:
/// Y = diag(carry)·C·H + M·X, with M the chunk's masked scores times the gain (dt, unless given), D on its diagonal; then H = decay·H + Bᵀ·diag(tail·gain)·X.
/// </summary>
internal sealed unsafe class ForwardJob<S, T, V>(SsdShape shape, SsdPass pass, SsdInputs<T> inputs, SsdOutputs<T> outputs, SsdKernelOptions options) : UnitJob
    where S : ISimd<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
{
    private const int ChunkSize = ChunkTables<T>.ChunkSize;
    private const int SegmentLength = ChunkLayout<T>.SegmentLength;
    private readonly ChunkLayout<T> layout = new(shape, S.Width);
    // No result depends on how the heads are grouped into units here, so the partition may follow the number of threads.
    private readonly HeadPartition partition = new(shape, 2 * options.MaxDegreeOfParallelism);

    public override int Units => partition.Units;

    public override nuint WorkspaceBytes => Measure();

    public override void Run(int unit, byte* workspace)
    {
        var arena = new Arena(workspace);
        Workspace work = new(ref arena, layout, partition.HeadsPerUnit);
        HeadBlock block = partition[unit];
        for (int i = 0; i < block.Heads; i++)
            StateBlock<T>.Load(State(inputs.InitialStates, block, i), shape, layout, work.States + i * layout.StateLength);

        for (int segment = 0; segment < layout.Segments; segment++)
        {
            int start = segment * SegmentLength, count = Math.Min(SegmentLength, shape.Length - start);
            work.Group.Fill(inputs.B, outputs.Y == null ? null : inputs.C, shape, pass, block.Batch, block.Group, start, count);
            for (int i = 0; i < block.Heads; i++)
                RunSegment(work, block, block.FirstHead + i, work.States + i * layout.StateLength, segment, start, count);
        }

        if (outputs.FinalStates != null)
        {
            for (int i = 0; i < block.Heads; i++)
                StateBlock<T>.Store(work.States + i * layout.StateLength, shape, layout, State(outputs.FinalStates, block, i));
        }
    }

    private void RunSegment(in Workspace work, in HeadBlock block, int head, T* state, int segment, int start, int count)
    {
        if (outputs.Checkpoints != null)
            StateBlock<T>.Save(state, shape, layout, outputs.Checkpoints + SsdCheckpoints.Offset(shape, layout.Segments, block.Batch, head, segment));

        int padded = (count + ChunkSize - 1) / ChunkSize * ChunkSize;
        TimeSteps<S, T, V>.Fill(inputs, shape, pass, options, block.Batch, head, start, count, padded, work.Dt, work.Decay, null);
        T* gain = TimeSteps<S, T, V>.Gain(inputs, shape, pass, block.Batch, head, start, count, padded, work.Dt, work.Dt);
        T skip = inputs.D == null ? T.Zero : inputs.D[head];
        nint row = (nint)shape.Heads * shape.HeadDim, stride = pass.Sign * row;
        nint at = pass.Row(block.Batch, start) * row + (nint)head * shape.HeadDim;
        for (int chunk = 0; chunk * ChunkSize < count; chunk++, at += ChunkSize * stride)
        {
            int done = chunk * ChunkSize, steps = Math.Min(ChunkSize, count - done);
            bool whole = steps == ChunkSize && layout.Columns == shape.HeadDim;
            // The next chunk of this head, or else the first of the next head.
            nint next = done + ChunkSize < count ? at + ChunkSize * stride : at - done * stride + shape.HeadDim;
            int nextSteps = Math.Min(ChunkSize, done + ChunkSize < count ? count - done - ChunkSize : count);
            Prefetch.Rows(inputs.X + next, stride, nextSteps, shape.HeadDim);
            if (outputs.Y != null)
                Prefetch.Rows(outputs.Y + next, stride, nextSteps, shape.HeadDim);
            T* x = inputs.X + at;
            nint ldx = stride;
            if (!whole)
            {
                ChunkRows<S, T, V>.Pack(x, stride, steps, shape.HeadDim, work.X, layout.Columns);
                x = work.X;
                ldx = layout.Columns;
            }

            T total = DecayMask<S, T, V>.Fill(
                outputs.Y == null ? null : work.Group.Scores(chunk), gain + done, work.Decay + done, skip, work.Mixing, null, work.Carry, work.Tail);
            if (outputs.Y != null)
            {
                T* y = whole ? outputs.Y + at : work.Y;
                TwoTermProduct<S, T, V>.Run(
                    ChunkSize, layout.Vectors, layout.StateRows, work.Group.C(chunk), layout.StateRows, 1, state, layout.Columns, work.Carry,
                    MatrixPart.Lower, ChunkSize, work.Mixing, ChunkSize, 1, x, ldx, y, whole ? stride : layout.Columns, false);
                if (!whole)
                    ChunkRows<S, T, V>.Unpack(work.Y, layout.Columns, outputs.Y + at, stride, steps, shape.HeadDim);
            }

            if (outputs.FinalStates == null && start + done + steps == shape.Length)
                break;
            ChunkRows<S, T, V>.Scale(x, ldx, work.Tail, gain + done, work.Scaled, layout.Columns);
            StateUpdate<S, T, V>.Run(
                layout.StateRows, layout.Vectors, total, state, ChunkSize, work.Group.B(chunk), layout.StateRows, work.Scaled, layout.Columns, state, layout.Columns);
        }
    }

    private T* State(T* states, in HeadBlock block, int i) =>
        states == null ? null : states + ((nint)block.Batch * shape.Heads + block.FirstHead + i) * shape.HeadDim * shape.StateSize;

    private nuint Measure()
    {
        var arena = new Arena(null);
        _ = new Workspace(ref arena, layout, partition.HeadsPerUnit);
        return arena.Used;
    }

    private readonly struct Workspace
    {
        public readonly GroupSegment<S, T, V> Group;
        public readonly T* States, Dt, Decay, Mixing, Carry, Tail, X, Scaled, Y;

        public Workspace(ref Arena arena, in ChunkLayout<T> layout, int heads)
        {
            Group = new GroupSegment<S, T, V>(ref arena, layout, keepTransposed: false);
            States = arena.Take<T>((long)heads * layout.StateLength);
            Dt = arena.Take<T>(SegmentLength);
            Decay = arena.Take<T>(SegmentLength);
            Mixing = arena.Take<T>(ChunkSize * ChunkSize);
            Carry = arena.Take<T>(ChunkSize);
            Tail = arena.Take<T>(ChunkSize);
            X = arena.Take<T>(ChunkSize * layout.Columns);
            Scaled = arena.Take<T>(ChunkSize * layout.Columns);
            Y = arena.Take<T>(ChunkSize * layout.Columns);
        }
    }
}
