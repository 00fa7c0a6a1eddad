using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SsdForecast.Runtime;

/// <summary>
/// A matrix of float32 weights. Layout: rows in blocks of 16; within a block the 16 numbers of column 0,
/// then those of column 1, and so on. For one vector a column is one broadcast of <c>x</c> and one fused multiply-add a vector, and no sum runs across lanes.
/// The last block is filled up with zero rows, so <c>y</c> has <see cref="StepMatrix.PaddedRows"/> numbers.
/// </summary>
internal sealed partial class PackedMatrix : StepMatrix
{
    /// <summary>Rows of a block: one 512-bit vector.</summary>
    public const int BlockRows = 16;

    private readonly AlignedFloats _weights;
    private readonly AlignedFloats _bias;

    /// <summary>Packs a row-major matrix.</summary>
    /// <param name="rows">Rows of <paramref name="weight"/>.</param>
    /// <param name="columns">Columns of <paramref name="weight"/>.</param>
    /// <param name="weight">Row-major, <c>(rows, columns)</c>.</param>
    /// <param name="bias">One number a row, or empty for none.</param>
    public PackedMatrix(int rows, int columns, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias = default)
        : base(rows, columns)
    {
        _weights = new AlignedFloats(PaddedRows * columns);
        _bias = new AlignedFloats(PaddedRows);
        var packed = _weights.Span;
        for (var r = 0; r < rows; r++)
        {
            var block = packed[(r / BlockRows * BlockRows * columns)..];
            for (var c = 0; c < columns; c++) block[(c * BlockRows) + (r % BlockRows)] = weight[(r * columns) + c];
        }

        bias.CopyTo(_bias.Span);
    }

    /// <inheritdoc/>
    public override long WeightBytes => sizeof(float) * (long)(_weights.Length + _bias.Length);

    /// <summary>The least multiple of <see cref="BlockRows"/> that is at least <paramref name="count"/>.</summary>
    public static int Pad(int count) => (count + BlockRows - 1) / BlockRows * BlockRows;

    /// <inheritdoc/>
    public override void Multiply(ReadOnlySpan<float> x, Span<float> y) => Run(x, _bias.Span, y);

    /// <inheritdoc/>
    public override void Accumulate(ReadOnlySpan<float> x, Span<float> y) => Run(x, y, y);

    private void Run(ReadOnlySpan<float> x, ReadOnlySpan<float> start, Span<float> y)
    {
        // The only checks: below, pointers run over these lengths.
        x = x[..Columns];
        start = start[..PaddedRows];
        y = y[..PaddedRows];
        ref var w = ref MemoryMarshal.GetReference(_weights.Span);
        ref var x0 = ref MemoryMarshal.GetReference(x);
        ref var s0 = ref MemoryMarshal.GetReference(start);
        ref var y0 = ref MemoryMarshal.GetReference(y);
        if (Vector512.IsHardwareAccelerated) Run512(ref w, ref x0, ref s0, ref y0);
        else RunVector(ref w, ref x0, ref s0, ref y0);
    }

    // Four blocks and two columns at a time: eight independent chains of multiply-adds.
    private void Run512(ref float w, ref float x, ref float start, ref float y)
    {
        var columns = (nuint)Columns;
        var block = columns * BlockRows;
        nuint row = 0;
        for (; row + (4 * BlockRows) <= (nuint)PaddedRows; row += 4 * BlockRows)
        {
            ref var w0 = ref Unsafe.Add(ref w, row * columns);
            ref var w1 = ref Unsafe.Add(ref w0, block);
            ref var w2 = ref Unsafe.Add(ref w1, block);
            ref var w3 = ref Unsafe.Add(ref w2, block);
            var a0 = Vector512.LoadUnsafe(ref start, row);
            var a1 = Vector512.LoadUnsafe(ref start, row + 16);
            var a2 = Vector512.LoadUnsafe(ref start, row + 32);
            var a3 = Vector512.LoadUnsafe(ref start, row + 48);
            Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default;
            nuint c = 0;
            for (; c + 2 <= columns; c += 2)
            {
                var even = Vector512.Create(Unsafe.Add(ref x, c));
                var odd = Vector512.Create(Unsafe.Add(ref x, c + 1));
                a0 = Vector512.MultiplyAddEstimate(Vector512.LoadUnsafe(ref w0, c * 16), even, a0);
                a1 = Vector512.MultiplyAddEstimate(Vector512.LoadUnsafe(ref w1, c * 16), even, a1);
                a2 = Vector512.MultiplyAddEstimate(Vector512.LoadUnsafe(ref w2, c * 16), even, a2);
                a3 = Vector512.MultiplyAddEstimate(Vector512.LoadUnsafe(ref w3, c * 16), even, a3);
                b0 = Vector512.MultiplyAddEstimate(Vector512.LoadUnsafe(ref w0, (c + 1) * 16), odd, b0);
                b1 = Vector512.MultiplyAddEstimate(Vector512.LoadUnsafe(ref w1, (c + 1) * 16), odd, b1);
                b2 = Vector512.MultiplyAddEstimate(Vector512.LoadUnsafe(ref w2, (c + 1) * 16), odd, b2);
                b3 = Vector512.MultiplyAddEstimate(Vector512.LoadUnsafe(ref w3, (c + 1) * 16), odd, b3);
            }

            if (c < columns)
            {
                var last = Vector512.Create(Unsafe.Add(ref x, c));
                a0 = Vector512.MultiplyAddEstimate(Vector512.LoadUnsafe(ref w0, c * 16), last, a0);
                a1 = Vector512.MultiplyAddEstimate(Vector512.LoadUnsafe(ref w1, c * 16), last, a1);
                a2 = Vector512.MultiplyAddEstimate(Vector512.LoadUnsafe(ref w2, c * 16), last, a2);
                a3 = Vector512.MultiplyAddEstimate(Vector512.LoadUnsafe(ref w3, c * 16), last, a3);
            }

            (a0 + b0).StoreUnsafe(ref y, row);
            (a1 + b1).StoreUnsafe(ref y, row + 16);
            (a2 + b2).StoreUnsafe(ref y, row + 32);
            (a3 + b3).StoreUnsafe(ref y, row + 48);
        }

        for (; row < (nuint)PaddedRows; row += BlockRows)
        {
            ref var w0 = ref Unsafe.Add(ref w, row * columns);
            var even = Vector512.LoadUnsafe(ref start, row);
            var odd = Vector512<float>.Zero;
            nuint c = 0;
            for (; c + 2 <= columns; c += 2)
            {
                even = Vector512.MultiplyAddEstimate(Vector512.LoadUnsafe(ref w0, c * 16), Vector512.Create(Unsafe.Add(ref x, c)), even);
                odd = Vector512.MultiplyAddEstimate(Vector512.LoadUnsafe(ref w0, (c + 1) * 16), Vector512.Create(Unsafe.Add(ref x, c + 1)), odd);
            }

            if (c < columns) even = Vector512.MultiplyAddEstimate(Vector512.LoadUnsafe(ref w0, c * 16), Vector512.Create(Unsafe.Add(ref x, c)), even);
            (even + odd).StoreUnsafe(ref y, row);
        }
    }

    // The same for whatever width the machine has (4 or 8 lanes): a quarter or a half of a block at a time.
    private void RunVector(ref float w, ref float x, ref float start, ref float y)
    {
        var columns = (nuint)Columns;
        var lanes = (nuint)Vector<float>.Count;
        var half = (nuint)BlockRows / 2;
        for (nuint row = 0; row < (nuint)PaddedRows; row += BlockRows)
        {
            ref var block = ref Unsafe.Add(ref w, row * columns);
            for (nuint lane = 0; lane < half; lane += lanes)
            {
                ref var w0 = ref Unsafe.Add(ref block, lane);
                ref var w1 = ref Unsafe.Add(ref block, lane + half);
                var a0 = Vector.LoadUnsafe(ref start, row + lane);
                var a1 = Vector.LoadUnsafe(ref start, row + lane + half);
                var b0 = Vector<float>.Zero;
                var b1 = Vector<float>.Zero;
                nuint c = 0;
                for (; c + 2 <= columns; c += 2)
                {
                    var even = Vector.Create(Unsafe.Add(ref x, c));
                    var odd = Vector.Create(Unsafe.Add(ref x, c + 1));
                    a0 = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref w0, c * 16), even, a0);
                    a1 = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref w1, c * 16), even, a1);
                    b0 = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref w0, (c + 1) * 16), odd, b0);
                    b1 = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref w1, (c + 1) * 16), odd, b1);
                }

                if (c < columns)
                {
                    var even = Vector.Create(Unsafe.Add(ref x, c));
                    a0 = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref w0, c * 16), even, a0);
                    a1 = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref w1, c * 16), even, a1);
                }

                (a0 + b0).StoreUnsafe(ref y, row + lane);
                (a1 + b1).StoreUnsafe(ref y, row + lane + half);
            }
        }
    }
}
