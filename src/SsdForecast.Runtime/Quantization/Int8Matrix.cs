using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SsdForecast.Runtime;

/// <summary>
/// A matrix of int8 weights with a scale a row. A vector is rounded to int16 with a scale of its own, fine enough that the weights' rounding
/// is all that counts, and the sums are exact integers: every path and every grouping gives the same bits. Layout: rows in blocks of 16;
/// within a block pairs of columns, in a pair for each row its two weights.
/// </summary>
internal sealed unsafe class Int8Matrix : StepMatrix
{
    private const int BlockRows = PackedMatrix.BlockRows;
    private const int PairLength = 2 * BlockRows;
    private const int Levels = 127;

    [ThreadStatic]
    private static short[]? s_room;

    private readonly sbyte[] _weights;
    private readonly AlignedFloats _scales;
    private readonly AlignedFloats _bias;
    private readonly int _pairs;
    private readonly int _range;

    /// <summary>Rounds and packs a row-major matrix.</summary>
    /// <inheritdoc cref="StepMatrix.Create"/>
    public Int8Matrix(int rows, int columns, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias = default)
        : base(rows, columns)
    {
        _pairs = (columns + 1) / 2;
        // The largest magnitude of a rounded input such that no sum of products leaves int32.
        _range = Math.Min(short.MaxValue, int.MaxValue / (Levels * 2 * _pairs));
        if (_range < Levels) throw new ArgumentException($"{columns} columns are too many for int8 weights; load the model with float32 weights");
        _weights = GC.AllocateArray<sbyte>(PaddedRows * 2 * _pairs, pinned: true);
        _scales = new AlignedFloats(PaddedRows);
        _bias = new AlignedFloats(PaddedRows);
        for (var r = 0; r < rows; r++)
        {
            var row = weight.Slice(r * columns, columns);
            var scale = TensorPrimitives.MaxMagnitude(row);
            scale = float.Abs(scale) / Levels;
            _scales.Span[r] = scale;
            for (var c = 0; c < columns; c++)
                _weights[IndexOf(r, c)] = scale == 0 ? (sbyte)0 : (sbyte)Math.Clamp(MathF.Round(row[c] / scale), -Levels, Levels);
        }

        bias.CopyTo(_bias.Span);
    }

    /// <inheritdoc/>
    public override long WeightBytes => _weights.Length + (sizeof(float) * (long)(_scales.Length + _bias.Length));

    /// <inheritdoc/>
    public override void Multiply(ReadOnlySpan<float> x, Span<float> y) => RunOne(x, _bias.Span, y);

    /// <inheritdoc/>
    public override void Accumulate(ReadOnlySpan<float> x, Span<float> y) => RunOne(x, y, y);

    /// <inheritdoc/>
    public override void MultiplyMany(ReadOnlySpan<float> x, int strideX, Span<float> y, int strideY, int count, int firstRow, int endRow, FetchAhead? ahead = null) =>
        RunMany(x, strideX, y, strideY, count, firstRow, endRow, ahead, accumulates: false);

    /// <inheritdoc/>
    public override void AccumulateMany(ReadOnlySpan<float> x, int strideX, Span<float> y, int strideY, int count, FetchAhead? ahead = null) => RunMany(x, strideX, y, strideY, count, 0, Rows, ahead, accumulates: true);

    /// <summary>
    /// How far <c>y[row]</c> may lie from that of the weights that were given: half a step of each weight times its input, and half a step of
    /// each input times its weight. Float32 rounding comes on top.
    /// </summary>
    public double ErrorBound(int row, ReadOnlySpan<float> x)
    {
        double scale = _scales.Span[row], step = Step(x[..Columns]), bound = 0;
        for (var c = 0; c < Columns; c++) bound += (scale / 2 * Math.Abs(x[c])) + (scale * Math.Abs((int)_weights[IndexOf(row, c)]) * step / 2);
        return bound;
    }

    private int IndexOf(int row, int column) =>
        (((row / BlockRows * _pairs) + (column / 2)) * PairLength) + (row % BlockRows * 2) + (column % 2);

    /// <summary>The size of a step of a rounded input.</summary>
    private float Step(ReadOnlySpan<float> x) => float.Abs(TensorPrimitives.MaxMagnitude(x)) / _range;

    private void RunOne(ReadOnlySpan<float> x, ReadOnlySpan<float> start, Span<float> y)
    {
        // The only checks: below, pointers run over these lengths.
        x = x[..Columns];
        start = start[..PaddedRows];
        y = y[..PaddedRows];
        fixed (short* q = Room())
        fixed (float* from = start, to = y)
        {
            Vectors one = new((nint)q, 2 * _pairs, Round(x, q), (nint)from, 0, (nint)to, 0);
            if (Avx512BW.IsSupported) One512(one);
            else One(one);
        }
    }

    private void RunMany(ReadOnlySpan<float> x, int strideX, Span<float> y, int strideY, int count, int firstRow, int endRow, FetchAhead? ahead, bool accumulates)
    {
        if (count == 0 || firstRow >= endRow) return;
        (firstRow, endRow) = (firstRow / BlockRows * BlockRows, Math.Min(PackedMatrix.Pad(endRow), PaddedRows));
        CheckMany(x.Length, strideX, y.Length, strideY, count);
        var steps = stackalloc float[Group];
        fixed (short* q = Room())
        fixed (float* y0 = y, b0 = _bias.Span)
        {
            for (var v = 0; v < count; v += Group)
            {
                for (var i = 0; i < Group; i++) steps[i] = Round(x.Slice((v + i) * strideX, Columns), q + (i * 2 * _pairs));
                var to = y0 + ((nint)v * strideY);
                var (from, strideFrom) = accumulates ? ((nint)to, strideY) : ((nint)b0, 0);
                Vectors group = new((nint)q, 2 * _pairs, 0, from, strideFrom, (nint)to, strideY);
                if (Avx512BW.IsSupported) Group512(group, steps, firstRow, endRow, ahead);
                else for (var i = 0; i < Group; i++) One(group.At(i, steps[i]));
            }
        }
    }

    /// <summary>Room for a group of rounded vectors.</summary>
    private Span<short> Room()
    {
        if (s_room is null || s_room.Length < Group * 2 * _pairs) s_room = new short[Group * 2 * _pairs];
        return s_room;
    }

    /// <summary>Rounds a vector and returns the size of its steps.</summary>
    private float Round(ReadOnlySpan<float> x, short* rounded)
    {
        var step = Step(x);
        var inverse = float.IsFinite(1 / step) ? 1 / step : 0;
        var (scale, c) = (new Vector<float>(inverse), 0);
        for (; c + Vector<short>.Count <= x.Length; c += Vector<short>.Count)
        {
            var low = Vector.ConvertToInt32(Vector.Round(new Vector<float>(x[c..]) * scale));
            var high = Vector.ConvertToInt32(Vector.Round(new Vector<float>(x[(c + Vector<float>.Count)..]) * scale));
            Vector.Narrow(low, high).Store(rounded + c);
        }

        for (; c < x.Length; c++) rounded[c] = (short)MathF.Round(x[c] * inverse);
        for (; c < 2 * _pairs; c++) rounded[c] = 0;
        return step;
    }

    private void One(in Vectors v)
    {
        for (var row = 0; row < PaddedRows; row++)
        {
            var sum = 0;
            for (var c = 0; c < 2 * _pairs; c++) sum += v.X[c] * _weights[IndexOf(row, c)];
            v.Y[row] = MathF.FusedMultiplyAdd(sum * v.Step, _scales.Span[row], v.Start[row]);
        }
    }

    // Four blocks at a time.
    private void One512(in Vectors v)
    {
        var pairs = (int*)v.X;
        fixed (sbyte* weights = _weights)
        {
            nint block = _pairs * PairLength, row = 0;
            for (; row + (4 * BlockRows) <= PaddedRows; row += 4 * BlockRows)
            {
                var w = weights + (row * 2 * _pairs);
                Vector512<int> a0 = default, a1 = default, a2 = default, a3 = default;
                for (var p = 0; p < _pairs; p++, w += PairLength)
                {
                    var x = Vector512.Create(pairs[p]).AsInt16();
                    a0 += Avx512BW.MultiplyAddAdjacent(Widen(w), x);
                    a1 += Avx512BW.MultiplyAddAdjacent(Widen(w + block), x);
                    a2 += Avx512BW.MultiplyAddAdjacent(Widen(w + (2 * block)), x);
                    a3 += Avx512BW.MultiplyAddAdjacent(Widen(w + (3 * block)), x);
                }

                Finish(a0, v.Step, v.Start + row, v.Y + row, row);
                Finish(a1, v.Step, v.Start + row + BlockRows, v.Y + row + BlockRows, row + BlockRows);
                Finish(a2, v.Step, v.Start + row + (2 * BlockRows), v.Y + row + (2 * BlockRows), row + (2 * BlockRows));
                Finish(a3, v.Step, v.Start + row + (3 * BlockRows), v.Y + row + (3 * BlockRows), row + (3 * BlockRows));
            }

            for (; row < PaddedRows; row += BlockRows)
            {
                var w = weights + (row * 2 * _pairs);
                Vector512<int> sum = default;
                for (var p = 0; p < _pairs; p++, w += PairLength) sum += Avx512BW.MultiplyAddAdjacent(Widen(w), Vector512.Create(pairs[p]).AsInt16());
                Finish(sum, v.Step, v.Start + row, v.Y + row, row);
            }
        }
    }

    // 6 vectors by 2 blocks, the second block of an odd number of them being the first one again.
    private void Group512(in Vectors v, float* steps, nint firstRow, nint endRow, FetchAhead? ahead)
    {
        nint stride = v.StrideX / 2, block = _pairs * PairLength, strideStart = v.StrideStart, strideY = v.StrideY;
        fixed (sbyte* weights = _weights)
        {
            for (var row = firstRow; row < endRow; row += 2 * BlockRows)
            {
                nint second = row + BlockRows < endRow ? BlockRows : 0;
                sbyte* w = weights + (row * 2 * _pairs), w2 = w + (second == 0 ? 0 : block);
                var fetch = ahead is null ? (byte*)w : ahead.Take(_pairs, w);
                int* xa = (int*)v.X, xb = xa + (3 * stride);
                Vector512<int> a00 = default, a01 = default, a10 = default, a11 = default, a20 = default, a21 = default;
                Vector512<int> a30 = default, a31 = default, a40 = default, a41 = default, a50 = default, a51 = default;
                for (var p = 0; p < _pairs; p++, w += PairLength, w2 += PairLength, xa++, xb++, fetch += FetchAhead.Line)
                {
                    FetchAhead.Fetch(fetch);
                    Vector512<short> wa = Widen(w), wb = Widen(w2), x = Vector512.Create(*xa).AsInt16();
                    a00 += Avx512BW.MultiplyAddAdjacent(wa, x);
                    a01 += Avx512BW.MultiplyAddAdjacent(wb, x);
                    x = Vector512.Create(xa[stride]).AsInt16();
                    a10 += Avx512BW.MultiplyAddAdjacent(wa, x);
                    a11 += Avx512BW.MultiplyAddAdjacent(wb, x);
                    x = Vector512.Create(xa[2 * stride]).AsInt16();
                    a20 += Avx512BW.MultiplyAddAdjacent(wa, x);
                    a21 += Avx512BW.MultiplyAddAdjacent(wb, x);
                    x = Vector512.Create(*xb).AsInt16();
                    a30 += Avx512BW.MultiplyAddAdjacent(wa, x);
                    a31 += Avx512BW.MultiplyAddAdjacent(wb, x);
                    x = Vector512.Create(xb[stride]).AsInt16();
                    a40 += Avx512BW.MultiplyAddAdjacent(wa, x);
                    a41 += Avx512BW.MultiplyAddAdjacent(wb, x);
                    x = Vector512.Create(xb[2 * stride]).AsInt16();
                    a50 += Avx512BW.MultiplyAddAdjacent(wa, x);
                    a51 += Avx512BW.MultiplyAddAdjacent(wb, x);
                }

                float* start = v.Start + row, y = v.Y + row;
                Both(a00, a01, 0);
                Both(a10, a11, 1);
                Both(a20, a21, 2);
                Both(a30, a31, 3);
                Both(a40, a41, 4);
                Both(a50, a51, 5);

                void Both(Vector512<int> first, Vector512<int> other, nint i)
                {
                    float* from = start + (i * strideStart), to = y + (i * strideY);
                    if (second != 0) Finish(other, steps[i], from + second, to + second, row + second);
                    Finish(first, steps[i], from, to, row);
                }
            }
        }
    }

    private void Finish(Vector512<int> sum, float step, float* start, float* y, nint row) =>
        Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(sum) * step, Vector512.LoadUnsafe(ref _scales.Span[(int)row]), Vector512.Load(start)).Store(y);

    private static Vector512<short> Widen(sbyte* weights) => Avx512BW.ConvertToVector512Int16(Vector256.Load(weights));

    /// <summary>Rounded vectors and where their results go: to <c>Start + W x</c>.</summary>
    private readonly record struct Vectors(nint XAddress, int StrideX, float Step, nint StartAddress, int StrideStart, nint YAddress, int StrideY)
    {
        public short* X => (short*)XAddress;

        public float* Start => (float*)StartAddress;

        public float* Y => (float*)YAddress;

        public Vectors At(nint i, float step) => this with
        {
            XAddress = (nint)(X + (i * StrideX)), StartAddress = (nint)(Start + (i * StrideStart)), YAddress = (nint)(Y + (i * StrideY)), Step = step,
        };
    }
}
