using System.Numerics;
using System.Numerics.Tensors;

namespace SsdForecast.Runtime.Kernels;

/// <summary>What one head of one sequence adds to the gradients of parameters.</summary>
internal struct HeadGradients
{
    public double A, D, DtBias;
}

/// <summary>
/// Gradients that several units add to: each unit writes its own share, and the shares are summed in one fixed order, whatever the number of threads.
/// Where a group's heads are cut into several blocks, the shares of dB and dC are kept for a window of the sequence only, so that they stay in the cache.
/// </summary>
internal sealed unsafe class GradientSums<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>
    /// Units that the backward pass is cut into at least: a constant, since dB and dC depend on the cut in their last bits.
    /// More would serve more processors where b·g is small, but each block of heads repeats its group's work on B and C.
    /// </summary>
    private const int WantedUnits = 4;

    private const long ShareBytes = 8 << 20;

    private readonly SsdShape shape;
    private readonly SsdPass pass;
    private readonly SsdGradients<T> gradients;
    private readonly HeadGradients[] heads;
    private readonly (nint Memory, nuint Bytes) shares;
    private readonly int segmentLength;

    public GradientSums(in SsdShape shape, SsdPass pass, in SsdGradients<T> gradients)
    {
        this.shape = shape;
        this.pass = pass;
        this.gradients = gradients;
        Partition = new HeadPartition(shape, WantedUnits);
        heads = new HeadGradients[shape.Batch * shape.Heads];
        segmentLength = ChunkLayout<T>.SegmentLength;
        WindowSegments = ChunkLayout<T>.SegmentCount(shape);
        if (Partition.BlocksPerGroup == 1)
            return;
        long segmentBytes = 2L * (Partition.BlocksPerGroup - 1) * shape.Batch * segmentLength * shape.Groups * shape.StateSize * sizeof(T);
        WindowSegments = (int)Math.Clamp(ShareBytes / segmentBytes, 1, WindowSegments);
        shares = WorkspacePool.Rent((nuint)(segmentBytes * WindowSegments));
    }

    /// <summary>The units.</summary>
    public HeadPartition Partition { get; }

    /// <summary>Segments that are worked on before shares are summed.</summary>
    public int WindowSegments { get; }

    /// <summary>Where a block of a group writes dB of the steps from <paramref name="start"/> on, rows g·n apart: the first where the sum will be. Null if not wanted.</summary>
    public T* B(in HeadBlock block, int start) => gradients.B == null ? null : At(block, start, gradients.B, 0);

    /// <summary>The same for dC.</summary>
    public T* C(in HeadBlock block, int start) => gradients.C == null ? null : At(block, start, gradients.C, 1);

    /// <summary>Adds one head's share of a segment; only the unit that owns the head calls this.</summary>
    public void Add(int batch, int head, HeadGradients share)
    {
        ref HeadGradients sum = ref heads[batch * shape.Heads + head];
        sum.A += share.A;
        sum.D += share.D;
        sum.DtBias += share.DtBias;
    }

    /// <summary>Sums the shares of dB and dC of a window.</summary>
    public void FinishWindow(int firstSegment, int degreeOfParallelism)
    {
        if (Partition.BlocksPerGroup > 1)
            UnitRunner.Run(new SumJob(this, firstSegment), degreeOfParallelism);
    }

    /// <summary>Sums the gradients of A, D and dt_bias over the batch.</summary>
    public void Finish()
    {
        for (int head = 0; head < shape.Heads; head++)
        {
            HeadGradients sum = default;
            for (int batch = 0; batch < shape.Batch; batch++)
            {
                HeadGradients share = heads[batch * shape.Heads + head];
                sum.A += share.A;
                sum.D += share.D;
                sum.DtBias += share.DtBias;
            }

            if (gradients.A != null)
                gradients.A[head] = T.CreateTruncating(sum.A);
            if (gradients.D != null)
                gradients.D[head] = T.CreateTruncating(sum.D);
            if (gradients.DtBias != null)
                gradients.DtBias[head] = T.CreateTruncating(sum.DtBias);
        }
    }

    public void Dispose()
    {
        if (shares.Memory != 0)
            WorkspacePool.Return(shares);
    }

    /// <summary>The row of a step. Shares are mirrored like memory where time is reversed, so that the rows of a segment lie alike in all.</summary>
    private T* At(in HeadBlock block, int start, T* result, int which)
    {
        nint row = (nint)shape.Groups * shape.StateSize, group = (nint)block.Group * shape.StateSize;
        if (block.Block == 0)
            return result + pass.Row(block.Batch, start) * row + group;
        int window = WindowSegments * segmentLength, step = start % window;
        return Share(block.Block, which, block.Batch) + (pass.Reversed ? window - 1 - step : step) * row + group;
    }

    private T* Share(int block, int which, int batch) => (T*)shares.Memory
        + ((nint)(2 * (block - 1) + which) * shape.Batch + batch) * WindowSegments * segmentLength * shape.Groups * shape.StateSize;

    /// <summary>Adds the shares to the result, a sequence and a segment a unit.</summary>
    private sealed class SumJob(GradientSums<T> sums, int firstSegment) : UnitJob
    {
        private readonly SsdShape shape = sums.shape;

        public override int Units => shape.Batch * Math.Min(sums.WindowSegments, ChunkLayout<T>.SegmentCount(shape) - firstSegment);

        public override nuint WorkspaceBytes => 0;

        public override void Run(int unit, byte* workspace)
        {
            int batch = unit % shape.Batch, start = (firstSegment + unit / shape.Batch) * sums.segmentLength;
            int steps = Math.Min(sums.segmentLength, shape.Length - start), count = steps * shape.Groups * shape.StateSize;
            int lowest = sums.pass.Reversed ? start + steps - 1 : start;
            for (int which = 0; which < 2; which++)
            {
                T* result = which == 0 ? sums.gradients.B : sums.gradients.C;
                if (result == null)
                    continue;
                var sum = new Span<T>(sums.At(new HeadBlock(batch, 0, 0, 0, 0), lowest, result, which), count);
                for (int block = 1; block < sums.Partition.BlocksPerGroup; block++)
                    TensorPrimitives.Add(sum, new ReadOnlySpan<T>(sums.At(new HeadBlock(batch, 0, block, 0, 0), lowest, result, which), count), sum);
            }
        }
    }
}
