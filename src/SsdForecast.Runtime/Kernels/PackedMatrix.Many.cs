using System.Numerics;
using System.Runtime.Intrinsics;
using SsdForecast.Runtime.Kernels;

namespace SsdForecast.Runtime;

// Many vectors at once: a row block's weights are read once for a group of vectors and come from the L1 cache for the groups after it.
internal sealed unsafe partial class PackedMatrix
{
    /// <inheritdoc/>
    public override void MultiplyMany(ReadOnlySpan<float> x, int strideX, Span<float> y, int strideY, int count, int firstRow, int endRow, FetchAhead? ahead = null) =>
        RunMany(x, strideX, y, strideY, count, firstRow, endRow, ahead, accumulates: false);

    /// <inheritdoc/>
    public override void AccumulateMany(ReadOnlySpan<float> x, int strideX, Span<float> y, int strideY, int count, FetchAhead? ahead = null) =>
        RunMany(x, strideX, y, strideY, count, 0, Rows, ahead, accumulates: true);

    private void RunMany(ReadOnlySpan<float> x, int strideX, Span<float> y, int strideY, int count, int firstRow, int endRow, FetchAhead? ahead, bool accumulates)
    {
        if (count == 0 || firstRow >= endRow) return;
        (firstRow, endRow) = (firstRow / BlockRows * BlockRows, Math.Min(Pad(endRow), PaddedRows));
        CheckMany(x.Length, strideX, y.Length, strideY, count);
        fixed (float* x0 = x, y0 = y, w0 = _weights.Span, b0 = _bias.Span)
        {
            Many many = new(Columns, PadCount(count), x0, strideX, accumulates ? y0 : b0, accumulates ? strideY : 0, y0, strideY);
            if (Vector512.IsHardwareAccelerated) Run<Simd512<float>, Vector512<float>>(many, w0, firstRow, endRow, ahead);
            else if (Vector256.IsHardwareAccelerated) Run<Simd256<float>, Vector256<float>>(many, w0, firstRow, endRow, ahead);
            else Run<Simd128<float>, Vector128<float>>(many, w0, firstRow, endRow, ahead);
        }
    }

    private void Run<S, V>(in Many many, float* w, int lane, int endRow, FetchAhead? ahead)
        where S : ISimd<float, V>
        where V : struct
    {
        if (S.Width == BlockRows)
        {
            for (; lane + (2 * BlockRows) <= endRow; lane += 2 * BlockRows)
            {
                for (var v = 0; v < many.Count; v += Group) Tile6x2<S, V>(many, w + ((nint)lane * Columns), v, lane, ahead);
            }
        }

        for (; lane < endRow; lane += S.Width)
        {
            var block = w + ((nint)(lane / BlockRows * BlockRows) * Columns) + (lane % BlockRows);
            for (var v = 0; v < many.Count; v += Group) Tile6x1<S, V>(many, block, v, lane);
        }
    }

    // 6 vectors by 2 blocks: first the sums of the even columns, then those of the odd ones, as for one vector.
    private static void Tile6x2<S, V>(in Many many, float* w, int first, int row, FetchAhead? ahead)
        where S : ISimd<float, V>
        where V : struct
    {
        nint columns = many.Columns, strideX = many.StrideX, strideY = many.StrideY;
        var fetch = ahead is null ? (byte*)w : ahead.Take(many.Columns, w);
        var from = many.Start + (first * many.StrideStart) + row;
        V a00 = S.Load(from), a01 = S.Load(from + BlockRows);
        from += many.StrideStart;
        V a10 = S.Load(from), a11 = S.Load(from + BlockRows);
        from += many.StrideStart;
        V a20 = S.Load(from), a21 = S.Load(from + BlockRows);
        from += many.StrideStart;
        V a30 = S.Load(from), a31 = S.Load(from + BlockRows);
        from += many.StrideStart;
        V a40 = S.Load(from), a41 = S.Load(from + BlockRows);
        from += many.StrideStart;
        V a50 = S.Load(from), a51 = S.Load(from + BlockRows);
        for (nint parity = 0; parity < 2; parity++)
        {
            float* p = w + (parity * BlockRows), q = p + (columns * BlockRows), xa = many.X + (first * strideX) + parity, xb = xa + (3 * strideX);
            for (var c = parity; c < columns; c += 2)
            {
                FetchAhead.Fetch(fetch);
                fetch += FetchAhead.Line;
                V w0 = S.Load(p), w1 = S.Load(q);
                var v = S.Broadcast(*xa);
                a00 = S.MultiplyAdd(w0, v, a00);
                a01 = S.MultiplyAdd(w1, v, a01);
                v = S.Broadcast(xa[strideX]);
                a10 = S.MultiplyAdd(w0, v, a10);
                a11 = S.MultiplyAdd(w1, v, a11);
                v = S.Broadcast(xa[2 * strideX]);
                a20 = S.MultiplyAdd(w0, v, a20);
                a21 = S.MultiplyAdd(w1, v, a21);
                v = S.Broadcast(*xb);
                a30 = S.MultiplyAdd(w0, v, a30);
                a31 = S.MultiplyAdd(w1, v, a31);
                v = S.Broadcast(xb[strideX]);
                a40 = S.MultiplyAdd(w0, v, a40);
                a41 = S.MultiplyAdd(w1, v, a41);
                v = S.Broadcast(xb[2 * strideX]);
                a50 = S.MultiplyAdd(w0, v, a50);
                a51 = S.MultiplyAdd(w1, v, a51);
                p += 2 * BlockRows;
                q += 2 * BlockRows;
                xa += 2;
                xb += 2;
            }

            var to = many.Y + (first * strideY) + row;
            if (parity == 1)
            {
                a00 = S.Add(S.Load(to), a00);
                a01 = S.Add(S.Load(to + BlockRows), a01);
                a10 = S.Add(S.Load(to + strideY), a10);
                a11 = S.Add(S.Load(to + strideY + BlockRows), a11);
                a20 = S.Add(S.Load(to + (2 * strideY)), a20);
                a21 = S.Add(S.Load(to + (2 * strideY) + BlockRows), a21);
                a30 = S.Add(S.Load(to + (3 * strideY)), a30);
                a31 = S.Add(S.Load(to + (3 * strideY) + BlockRows), a31);
                a40 = S.Add(S.Load(to + (4 * strideY)), a40);
                a41 = S.Add(S.Load(to + (4 * strideY) + BlockRows), a41);
                a50 = S.Add(S.Load(to + (5 * strideY)), a50);
                a51 = S.Add(S.Load(to + (5 * strideY) + BlockRows), a51);
            }

            S.Store(to, a00);
            S.Store(to + BlockRows, a01);
            to += strideY;
            S.Store(to, a10);
            S.Store(to + BlockRows, a11);
            to += strideY;
            S.Store(to, a20);
            S.Store(to + BlockRows, a21);
            to += strideY;
            S.Store(to, a30);
            S.Store(to + BlockRows, a31);
            to += strideY;
            S.Store(to, a40);
            S.Store(to + BlockRows, a41);
            to += strideY;
            S.Store(to, a50);
            S.Store(to + BlockRows, a51);
            a00 = a01 = a10 = a11 = a20 = a21 = a30 = a31 = a40 = a41 = a50 = a51 = S.Zero;
        }
    }

    // 6 vectors by 1 vector of rows: the last block of an odd number of them, and every block where vectors are narrower than a block.
    private static void Tile6x1<S, V>(in Many many, float* w, int first, int row)
        where S : ISimd<float, V>
        where V : struct
    {
        nint columns = many.Columns, strideX = many.StrideX, strideY = many.StrideY, strideStart = many.StrideStart;
        var from = many.Start + (first * strideStart) + row;
        V a0 = S.Load(from), a1 = S.Load(from + strideStart), a2 = S.Load(from + (2 * strideStart));
        from += 3 * strideStart;
        V a3 = S.Load(from), a4 = S.Load(from + strideStart), a5 = S.Load(from + (2 * strideStart));
        V b0 = S.Zero, b1 = S.Zero, b2 = S.Zero, b3 = S.Zero, b4 = S.Zero, b5 = S.Zero;
        float* xa = many.X + (first * strideX), xb = xa + (3 * strideX);
        for (nint c = 0; c < columns; c++)
        {
            var v = S.Load(w);
            a0 = S.MultiplyAdd(v, S.Broadcast(*xa), a0);
            a1 = S.MultiplyAdd(v, S.Broadcast(xa[strideX]), a1);
            a2 = S.MultiplyAdd(v, S.Broadcast(xa[2 * strideX]), a2);
            a3 = S.MultiplyAdd(v, S.Broadcast(*xb), a3);
            a4 = S.MultiplyAdd(v, S.Broadcast(xb[strideX]), a4);
            a5 = S.MultiplyAdd(v, S.Broadcast(xb[2 * strideX]), a5);
            w += BlockRows;
            xa++;
            xb++;
            if (++c == columns) break;
            v = S.Load(w);
            b0 = S.MultiplyAdd(v, S.Broadcast(*xa), b0);
            b1 = S.MultiplyAdd(v, S.Broadcast(xa[strideX]), b1);
            b2 = S.MultiplyAdd(v, S.Broadcast(xa[2 * strideX]), b2);
            b3 = S.MultiplyAdd(v, S.Broadcast(*xb), b3);
            b4 = S.MultiplyAdd(v, S.Broadcast(xb[strideX]), b4);
            b5 = S.MultiplyAdd(v, S.Broadcast(xb[2 * strideX]), b5);
            w += BlockRows;
            xa++;
            xb++;
        }

        var to = many.Y + (first * strideY) + row;
        S.Store(to, S.Add(a0, b0));
        S.Store(to + strideY, S.Add(a1, b1));
        S.Store(to + (2 * strideY), S.Add(a2, b2));
        to += 3 * strideY;
        S.Store(to, S.Add(a3, b3));
        S.Store(to + strideY, S.Add(a4, b4));
        S.Store(to + (2 * strideY), S.Add(a5, b5));
    }

    /// <summary>What the tiles share. <c>Start</c> is what sums begin with, at a distance of 0 where it is the bias.</summary>
    private readonly record struct Many(int Columns, int Count, nint XAddress, nint StrideX, nint StartAddress, nint StrideStart, nint YAddress, nint StrideY)
    {
        public Many(int columns, int count, float* x, int strideX, float* start, int strideStart, float* y, int strideY)
            : this(columns, count, (nint)x, strideX, (nint)start, strideStart, (nint)y, strideY)
        {
        }

        public float* X => (float*)XAddress;

        public float* Start => (float*)StartAddress;

        public float* Y => (float*)YAddress;
    }
}
