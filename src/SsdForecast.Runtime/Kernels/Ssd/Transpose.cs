using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace SsdForecast.Runtime.Kernels;

/// <summary>Transposes small matrices, float32 in blocks of registers, 16×16 or 4×4, where the processor has the shuffles.</summary>
internal static unsafe class Transpose<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>destination[j, i] = source[i, j] for i &lt; rows, j &lt; columns.</summary>
    public static void Run(T* source, int rows, int columns, nint lds, T* destination, nint ldd)
    {
        int row = 0;
        if (typeof(T) == typeof(float) && Avx512F.IsSupported && columns % 16 == 0)
        {
            for (; row + 16 <= rows; row += 16)
            {
                for (int column = 0; column < columns; column += 16)
                    Block16x16((float*)(source + row * lds + column), lds, (float*)(destination + column * ldd + row), ldd);
            }
        }

        if (typeof(T) == typeof(float) && (Sse.IsSupported || AdvSimd.Arm64.IsSupported))
        {
            for (; row + 4 <= rows; row += 4)
            {
                int column = 0;
                for (; column + 4 <= columns; column += 4)
                    Block4x4((float*)(source + row * lds + column), lds, (float*)(destination + column * ldd + row), ldd);
                Plain(source + row * lds + column, 4, columns - column, lds, destination + column * ldd + row, ldd);
            }
        }

        Plain(source + row * lds, rows - row, columns, lds, destination + row, ldd);
    }

    private static void Plain(T* source, int rows, int columns, nint lds, T* destination, nint ldd)
    {
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
                destination[j * ldd + i] = source[i * lds + j];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block4x4(float* source, nint lds, float* destination, nint ldd)
    {
        Vector128<float> r0 = Vector128.Load(source), r1 = Vector128.Load(source + lds);
        Vector128<float> r2 = Vector128.Load(source + 2 * lds), r3 = Vector128.Load(source + 3 * lds);
        Vector128<float> a = ZipLow(r0, r2), b = ZipLow(r1, r3), c = ZipHigh(r0, r2), d = ZipHigh(r1, r3);
        ZipLow(a, b).Store(destination);
        ZipHigh(a, b).Store(destination + ldd);
        ZipLow(c, d).Store(destination + 2 * ldd);
        ZipHigh(c, d).Store(destination + 3 * ldd);
    }

    /// <summary>4×4 blocks inside the 128-bit lanes first, then the lanes among each other.</summary>
    private static void Block16x16(float* source, nint lds, float* destination, nint ldd)
    {
        Transpose4(source, lds, out var a0, out var a1, out var a2, out var a3);
        Transpose4(source + 4 * lds, lds, out var b0, out var b1, out var b2, out var b3);
        Transpose4(source + 8 * lds, lds, out var c0, out var c1, out var c2, out var c3);
        Transpose4(source + 12 * lds, lds, out var d0, out var d1, out var d2, out var d3);
        StoreLanes(a0, b0, c0, d0, destination, ldd);
        StoreLanes(a1, b1, c1, d1, destination + ldd, ldd);
        StoreLanes(a2, b2, c2, d2, destination + 2 * ldd, ldd);
        StoreLanes(a3, b3, c3, d3, destination + 3 * ldd, ldd);
    }

    /// <summary>Lane k of result j holds column 4k + j of four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose4(
        float* rows, nint lds, out Vector512<float> column0, out Vector512<float> column1, out Vector512<float> column2, out Vector512<float> column3)
    {
        Vector512<float> r0 = Vector512.Load(rows), r1 = Vector512.Load(rows + lds), r2 = Vector512.Load(rows + 2 * lds), r3 = Vector512.Load(rows + 3 * lds);
        Vector512<float> a = Avx512F.UnpackLow(r0, r2), b = Avx512F.UnpackLow(r1, r3), c = Avx512F.UnpackHigh(r0, r2), d = Avx512F.UnpackHigh(r1, r3);
        column0 = Avx512F.UnpackLow(a, b);
        column1 = Avx512F.UnpackHigh(a, b);
        column2 = Avx512F.UnpackLow(c, d);
        column3 = Avx512F.UnpackHigh(c, d);
    }

    /// <summary>Stores lane k of the four, side by side, as row 4k.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreLanes(
        Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* destination, nint ldd)
    {
        Vector512<float> low = Avx512F.Shuffle4x128(a, b, 0x44), high = Avx512F.Shuffle4x128(a, b, 0xEE);
        Vector512<float> low2 = Avx512F.Shuffle4x128(c, d, 0x44), high2 = Avx512F.Shuffle4x128(c, d, 0xEE);
        Avx512F.Shuffle4x128(low, low2, 0x88).Store(destination);
        Avx512F.Shuffle4x128(low, low2, 0xDD).Store(destination + 4 * ldd);
        Avx512F.Shuffle4x128(high, high2, 0x88).Store(destination + 8 * ldd);
        Avx512F.Shuffle4x128(high, high2, 0xDD).Store(destination + 12 * ldd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipLow(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.ZipLow(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipHigh(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.ZipHigh(a, b);
}
