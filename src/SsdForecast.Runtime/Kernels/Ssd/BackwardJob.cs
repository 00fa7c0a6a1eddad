using System.Numerics;
using System.Runtime.CompilerServices;

namespace SsdForecast.Runtime.Kernels;

/// <summary>
/// The backward pass, segment by segment from the end: the states before the chunks of a segment are computed again from its checkpoint,
/// then the chunks are taken in reverse with the gradient dH of the state behind them. The stable form: the gradient of a step's log decay is a sum over
/// the pairs (i ≥ t, j &lt; t) that cross the step, never a difference of running sums.
/// </summary>
internal sealed unsafe class BackwardJob<S, T, V>(
    SsdShape shape, SsdPass pass, SsdInputs<T> inputs, SsdGradients<T> gradients, GradientSums<T> sums, SsdKernelOptions options)
    : BackwardPass
    where S : ISimd<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
{
    private const int ChunkSize = ChunkTables<T>.ChunkSize;
    private const int SegmentLength = ChunkLayout<T>.SegmentLength;
    private readonly ChunkLayout<T> layout = new(shape, S.Width);
    private readonly HeadPartition partition = sums.Partition;
    private readonly nint stride = pass.Sign * (nint)shape.Heads * shape.HeadDim;

    public override int Units => partition.Units;

    public override nuint WorkspaceBytes
    {
        get
        {
            var arena = new Arena(null);
            _ = new BackwardWorkspace<S, T, V>(ref arena, layout);
            return arena.Used;
        }
    }

    public override nuint StateGradientBytes => (nuint)shape.Batch * (nuint)shape.Heads * (nuint)(layout.StateLength * sizeof(T));

    public override void Run(int unit, byte* workspace)
    {
        var arena = new Arena(workspace);
        BackwardWorkspace<S, T, V> work = new(ref arena, layout);
        HeadBlock block = partition[unit];
        if (LastSegment == layout.Segments)
        {
            for (int i = 0; i < block.Heads; i++)
                StateBlock<T>.Load(StateOf(gradients.GradFinalStates, block, i), shape, layout, StateGradient(block, i));
        }

        for (int segment = LastSegment - 1; segment >= FirstSegment; segment--)
        {
            int start = segment * SegmentLength, count = Math.Min(SegmentLength, shape.Length - start);
            int chunks = (count + ChunkSize - 1) / ChunkSize;
            work.Group.Fill(inputs.B, inputs.C, shape, pass, block.Batch, block.Group, start, count);
            Clear(work.ScoreGradients, chunks * ChunkSize * ChunkSize);
            Clear(work.BGradients, chunks * ChunkSize * layout.StateRows);
            Clear(work.CGradients, chunks * ChunkSize * layout.StateRows);
            for (int i = 0; i < block.Heads; i++)
                RunSegment(work, block.Batch, block.FirstHead + i, StateGradient(block, i), segment, start, count);
            StoreGroupGradients(work, block, start, count);
        }

        if (FirstSegment == 0 && gradients.InitialStates != null)
        {
            for (int i = 0; i < block.Heads; i++)
                StateBlock<T>.Store(StateGradient(block, i), shape, layout, StateOf(gradients.InitialStates, block, i));
        }
    }

    private T* StateGradient(in HeadBlock block, int i) =>
        (T*)StateGradients + ((nint)block.Batch * shape.Heads + block.FirstHead + i) * layout.StateLength;

    private void RunSegment(in BackwardWorkspace<S, T, V> work, int batch, int head, T* stateGradient, int segment, int start, int count)
    {
        int chunks = (count + ChunkSize - 1) / ChunkSize;
        TimeSteps<S, T, V>.Fill(inputs, shape, pass, options, batch, head, start, count, chunks * ChunkSize, work.Dt, work.Decay, work.Slope);
        T* gain = TimeSteps<S, T, V>.Gain(inputs, shape, pass, batch, head, start, count, chunks * ChunkSize, work.Dt, work.Gain);
        nint at = (pass.Row(batch, start) * shape.Heads + head) * shape.HeadDim;
        StateBlock<T>.Restore(gradients.Checkpoints + SsdCheckpoints.Offset(shape, layout.Segments, batch, head, segment), shape, layout, work.States);
        Ask(at, (chunks - 1) * ChunkSize, count - (chunks - 1) * ChunkSize);
        for (int chunk = 0; chunk + 1 < chunks; chunk++)
        {
            T* x = Rows(inputs.X + at + chunk * ChunkSize * stride, ChunkSize, work.X, out nint ldx);
            Prefetch.Rows(inputs.X + at + (chunk + 1) * ChunkSize * stride, stride, Math.Min(ChunkSize, count - (chunk + 1) * ChunkSize), shape.HeadDim);
            T total = DecayMask<S, T, V>.Fill(
                null, gain + chunk * ChunkSize, work.Decay + chunk * ChunkSize, T.Zero, null, null, work.Carry, work.Tail);
            ChunkRows<S, T, V>.Scale(x, ldx, work.Tail, gain + chunk * ChunkSize, work.Scaled, layout.Columns);
            T* state = work.States + chunk * layout.StateLength;
            StateUpdate<S, T, V>.Run(
                layout.StateRows, layout.Vectors, total, state, ChunkSize, work.Group.B(chunk), layout.StateRows, work.Scaled, layout.Columns,
                state + layout.StateLength, layout.Columns);
        }

        HeadGradients sum = default;
        for (int chunk = chunks - 1; chunk >= 0; chunk--)
        {
            int done = chunk * ChunkSize;
            if (chunk > 0)
                Ask(at, done - ChunkSize, ChunkSize);
            else
                Prefetch.Rows(inputs.X + at + shape.HeadDim, stride, Math.Min(ChunkSize, count), shape.HeadDim);
            RunChunk(work, batch, head, stateGradient, gain + done, chunk, start + done, Math.Min(ChunkSize, count - done), at + done * stride, ref sum);
        }

        sums.Add(batch, head, sum);
    }

    /// <summary>Asks for the rows of the chunk that starts <paramref name="done"/> steps into a segment.</summary>
    private void Ask(nint at, int done, int steps)
    {
        nint next = at + done * stride;
        Prefetch.Rows(inputs.X + next, stride, steps, shape.HeadDim);
        Prefetch.Rows(gradients.GradY + next, stride, steps, shape.HeadDim);
        if (gradients.X != null)
            Prefetch.Rows(gradients.X + next, stride, steps, shape.HeadDim);
    }

    private void RunChunk(
        in BackwardWorkspace<S, T, V> work, int batch, int head, T* stateGradient, T* gain, int chunk, int start, int steps, nint at, ref HeadGradients total)
    {
        T* state = work.States + chunk * layout.StateLength, scores = work.Group.Scores(chunk);
        T* x = Rows(inputs.X + at, steps, work.X, out nint ldx);
        T* gradY = pass.Strict
            ? Rows(gradients.GradY + at + stride, Math.Min(steps, shape.Length - 1 - start), work.GradY, out nint ldy)
            : Rows(gradients.GradY + at, steps, work.GradY, out ldy);
        T skip = inputs.D == null ? T.Zero : inputs.D[head];
        T decay = DecayMask<S, T, V>.Fill(scores, gain, work.Decay + chunk * ChunkSize, skip, work.Mixing, work.Mask, work.Carry, work.Tail);
        for (int i = 0; i < ChunkSize; i++)
            work.TailGain[i] = work.Tail[i] * gain[i];

        if (gradients.X != null)
        {
            bool whole = steps == ChunkSize && layout.Columns == shape.HeadDim;
            TwoTermProduct<S, T, V>.Run(
                ChunkSize, layout.Vectors, layout.StateRows, work.Group.B(chunk), layout.StateRows, 1, stateGradient, layout.Columns, work.TailGain,
                MatrixPart.Upper, ChunkSize, work.Mixing, 1, ChunkSize, gradY, ldy, whole ? gradients.X + at : work.GradX, whole ? stride : layout.Columns, whole && pass.AddsToX);
            if (!whole)
                ChunkRows<S, T, V>.Unpack(work.GradX, layout.Columns, gradients.X + at, stride, steps, shape.HeadDim, pass.AddsToX);
        }

        Transpose<T>.Run(x, ChunkSize, layout.Columns, ldx, work.XTransposed, ChunkSize);
        Transpose<T>.Run(gradY, ChunkSize, layout.Columns, ldy, work.GradYTransposed, ChunkSize);
        SquareProduct<S, T, V>.Run(layout.Columns, gradY, ldy, work.XTransposed, work.Products);
        total.D += double.CreateTruncating(ScoreGradients<S, T, V>.Fill(
            work.Products, scores, work.Mask, gain, work.ScoreGradients + chunk * ChunkSize * ChunkSize, work.Columns, work.Blocks));
        StateContraction<S, T, V>.Run(
            layout.StateRows, layout.Columns, state, layout.Columns, work.GradYTransposed, work.Carry, ChunkTables<T>.Ones,
            work.Group.CTransposed(chunk), work.CGradients + chunk * ChunkSize * layout.StateRows, work.Through);
        StateContraction<S, T, V>.Run(
            layout.StateRows, layout.Columns, stateGradient, layout.Columns, work.XTransposed, work.Tail, gain,
            work.Group.BTransposed(chunk), work.BGradients + chunk * ChunkSize * layout.StateRows, work.From);
        T across = decay * StateUpdate<S, T, V>.Dot(state, stateGradient, layout.StateLength);
        ChunkRows<S, T, V>.Scale(gradY, ldy, work.Carry, null, work.Scaled, layout.Columns);
        StateUpdate<S, T, V>.Run(
            layout.StateRows, layout.Vectors, decay, stateGradient, ChunkSize, work.Group.C(chunk), layout.StateRows, work.Scaled, layout.Columns,
            stateGradient, layout.Columns);
        StepGradients(work, batch, head, gain, chunk, start, steps, across, ref total);
    }

    /// <summary>
    /// d log a_t = across + Σ_{i≥t} through_i + Σ_{j&lt;t} from_j·gain_j + blocks_t, hence the gradients of dt, A and dt_bias; columns + from is that of the gain,
    /// which is dt itself unless it was given.
    /// </summary>
    private void StepGradients(in BackwardWorkspace<S, T, V> work, int batch, int head, T* gain, int chunk, int start, int steps, T across, ref HeadGradients total)
    {
        T* dt = work.Dt + chunk * ChunkSize, slope = work.Slope + chunk * ChunkSize, log = work.Blocks, gradient = work.Columns;
        T later = across, earlier = T.Zero;
        for (int t = 0; t < ChunkSize; t++)
        {
            int back = ChunkSize - 1 - t;
            later += work.Through[back];
            work.Through[back] = later;
            log[t] += earlier;
            earlier += work.From[t] * gain[t];
        }

        V rate = S.Broadcast(inputs.A[head]), sumA = S.Zero, sumBias = S.Zero;
        for (int lane = 0; lane < ChunkSize; lane += S.Width)
        {
            V logGradient = S.Add(S.Load(log + lane), S.Load(work.Through + lane));
            V gainGradient = S.Add(S.Load(work.Columns + lane), S.Load(work.From + lane));
            S.Store(work.From + lane, gainGradient);
            V stepGradient = S.MultiplyAdd(rate, logGradient, inputs.Gain == null ? gainGradient : S.Zero);
            stepGradient = S.Multiply(stepGradient, S.Load(slope + lane));
            sumA = S.MultiplyAdd(S.Load(dt + lane), logGradient, sumA);
            sumBias = S.Add(sumBias, stepGradient);
            S.Store(gradient + lane, stepGradient);
        }

        total.A += double.CreateTruncating(S.Sum(sumA));
        total.DtBias += double.CreateTruncating(S.Sum(sumBias));
        StoreSteps(gradients.Dt, batch, head, start, steps, gradient);
        if (inputs.Gain != null)
            StoreSteps(gradients.Gain, batch, head, start, steps, work.From);
    }

    private void StoreSteps(T* result, int batch, int head, int start, int steps, T* values)
    {
        if (result == null)
            return;
        T* to = result + pass.Row(batch, start) * shape.Heads + head;
        for (int t = 0; t < steps; t++)
            to[t * pass.Sign * (nint)shape.Heads] = values[t];
    }

    /// <summary>Adds what went through the scores, once for all heads, and stores the group's dB and dC of the segment.</summary>
    private void StoreGroupGradients(in BackwardWorkspace<S, T, V> work, in HeadBlock block, int start, int count)
    {
        T* gradB = sums.B(block, start), gradC = sums.C(block, start);
        nint row = pass.Sign * (nint)shape.Groups * shape.StateSize, at = 0;
        int rows = layout.StateRows, vectors = ChunkSize / S.Width;
        for (int chunk = 0; chunk * ChunkSize < count; chunk++, at += ChunkSize * row)
        {
            int steps = Math.Min(ChunkSize, count - chunk * ChunkSize);
            T* scores = work.ScoreGradients + chunk * ChunkSize * ChunkSize;
            T* b = work.BGradients + chunk * ChunkSize * rows, c = work.CGradients + chunk * ChunkSize * rows;
            if (gradB != null)
            {
                StateUpdate<S, T, V>.Run(rows, vectors, T.One, b, ChunkSize, work.Group.C(chunk), rows, scores, ChunkSize, b, ChunkSize);
                Transpose<T>.Run(b, shape.StateSize, steps, ChunkSize, gradB + at, row);
            }

            if (gradC != null)
            {
                Transpose<T>.Run(scores, ChunkSize, ChunkSize, ChunkSize, work.Products, ChunkSize);
                StateUpdate<S, T, V>.Run(rows, vectors, T.One, c, ChunkSize, work.Group.B(chunk), rows, work.Products, ChunkSize, c, ChunkSize);
                Transpose<T>.Run(c, shape.StateSize, steps, ChunkSize, gradC + at, row);
            }
        }
    }

    private T* Rows(T* source, int steps, T* block, out nint lead)
    {
        lead = stride;
        if (steps == ChunkSize && layout.Columns == shape.HeadDim)
            return source;
        ChunkRows<S, T, V>.Pack(source, stride, steps, shape.HeadDim, block, layout.Columns);
        lead = layout.Columns;
        return block;
    }

    private T* StateOf(T* states, in HeadBlock block, int i) =>
        states == null ? null : states + ((nint)block.Batch * shape.Heads + block.FirstHead + i) * shape.HeadDim * shape.StateSize;

    private static void Clear(T* memory, int length) => Unsafe.InitBlockUnaligned(memory, 0, (uint)(length * sizeof(T)));
}
