using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SsdForecast.Runtime;

// Heads of 16 channels and whole 512-bit vectors of state: the sums of 16 rows are brought into one vector together.
internal static unsafe partial class SsmStepKernel
{
    private const int Lanes = 16;

    // Lines to fetch for every four vectors of state.
    private const int LinesAStep = 2;

    private static bool IsWide(int headDim, int stateSize) => Avx512F.IsSupported && headDim % Lanes == 0 && stateSize % Lanes == 0;

    private static void HeadWide(
        ReadOnlySpan<float> x, ReadOnlySpan<float> b, ReadOnlySpan<float> c, float dt, float decay, float d, Span<float> state, Span<float> y, FetchAhead? ahead)
    {
        var inputs = stackalloc float[Lanes];
        var keep = Vector512.Create(decay);
        nint n = b.Length, lines = n / Lanes * LinesAStep * FetchAhead.Line;
        fixed (float* x0 = x, b0 = b, c0 = c, h0 = state, y0 = y)
        {
            for (var p = 0; p < x.Length; p += Lanes)
            {
                var row = h0 + (p * n);
                var fetch = ahead is null ? (byte*)row : ahead.Take(Lanes / 4 * (int)(lines / FetchAhead.Line), row);
                var xs = Vector512.Load(x0 + p);
                (xs * dt).Store(inputs);
                var s0 = FourRows(row, fetch, n, keep, inputs, b0, c0);
                var s1 = FourRows(row + (4 * n), fetch + lines, n, keep, inputs + 4, b0, c0);
                var s2 = FourRows(row + (8 * n), fetch + (2 * lines), n, keep, inputs + 8, b0, c0);
                var s3 = FourRows(row + (12 * n), fetch + (3 * lines), n, keep, inputs + 12, b0, c0);
                var sum = FoldLanes(FoldLanes(s0, s1), FoldLanes(s2, s3));
                Vector512.MultiplyAddEstimate(xs, Vector512.Create(d), sum).Store(y0 + p);
            }
        }
    }

    /// <summary>Steps four rows. Lane <c>4i + r</c> of the result is a quarter of row <c>r</c>'s sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> FourRows(float* row, byte* fetch, nint n, Vector512<float> keep, float* inputs, float* b, float* c)
    {
        Vector512<float> i0 = Vector512.Create(inputs[0]), i1 = Vector512.Create(inputs[1]), i2 = Vector512.Create(inputs[2]), i3 = Vector512.Create(inputs[3]);
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (nint k = 0; k < n; k += Lanes)
        {
            Vector512<float> bk = Vector512.Load(b + k), ck = Vector512.Load(c + k);
            s0 = Row(row + k, keep, i0, bk, ck, s0);
            s1 = Row(row + k + n, keep, i1, bk, ck, s1);
            s2 = Row(row + k + (2 * n), keep, i2, bk, ck, s2);
            s3 = Row(row + k + (3 * n), keep, i3, bk, ck, s3);
            for (var i = 0; i < LinesAStep; i++, fetch += FetchAhead.Line) FetchAhead.Fetch(fetch);
        }

        var s01 = (Avx512F.UnpackLow(s0, s1) + Avx512F.UnpackHigh(s0, s1)).AsDouble();
        var s23 = (Avx512F.UnpackLow(s2, s3) + Avx512F.UnpackHigh(s2, s3)).AsDouble();
        return Avx512F.UnpackLow(s01, s23).AsSingle() + Avx512F.UnpackHigh(s01, s23).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Row(float* h, Vector512<float> keep, Vector512<float> input, Vector512<float> b, Vector512<float> c, Vector512<float> sum)
    {
        var next = Vector512.MultiplyAddEstimate(input, b, keep * Vector512.Load(h));
        next.Store(h);
        return Vector512.MultiplyAddEstimate(next, c, sum);
    }

    /// <summary>Adds neighbouring quarters: those of <paramref name="a"/> go to the lower half, those of <paramref name="b"/> to the upper.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> FoldLanes(Vector512<float> a, Vector512<float> b) =>
        Avx512F.Shuffle4x128(a, b, 0b10_00_10_00) + Avx512F.Shuffle4x128(a, b, 0b11_01_11_01);
}
