using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using SsdForecast.Runtime.Kernels;

namespace SsdForecast.Runtime;

/// <summary>
/// Kernels over many rows of one series, consecutive positions, in float32. Lengths are the caller's to get right. Columns past a whole vector go through
/// the kernels of a single step.
/// </summary>
internal static unsafe class RowKernels
{
    /// <summary><see cref="StepKernels.RmsNorm"/> of each row.</summary>
    public static void RmsNorm(ReadOnlySpan<float> x, int strideX, ReadOnlySpan<float> weight, float eps, Span<float> y, int strideY, int rows)
    {
        for (var r = 0; r < rows; r++) StepKernels.RmsNorm(x.Slice(r * strideX, weight.Length), weight, eps, y.Slice(r * strideY, weight.Length));
    }

    /// <summary>
    /// The causal depthwise convolution with SiLU over time, for some of its channels:
    /// <c>y_t = SiLU(bias + Σ_k weight[k] · x_{t − taps + 1 + k})</c>.
    /// </summary>
    /// <param name="x">The channels' inputs, from <c>taps − 1</c> rows before the first position on.</param>
    /// <param name="strideX">From one row to the next.</param>
    /// <param name="weight">The channels' weights, oldest tap first.</param>
    /// <param name="strideWeight">From one tap to the next.</param>
    /// <param name="taps">Width of the convolution.</param>
    /// <param name="bias">The channels' biases.</param>
    /// <param name="y">Output, <c>(rows, channels)</c>, contiguous.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="rows">Number of positions.</param>
    public static void ConvSilu(
        ReadOnlySpan<float> x, int strideX, ReadOnlySpan<float> weight, int strideWeight, int taps, ReadOnlySpan<float> bias, Span<float> y, int channels, int rows)
    {
        fixed (float* x0 = x, w0 = weight, b0 = bias, y0 = y)
        {
            var done = Vector512.IsHardwareAccelerated ? ConvSilu<Simd512<float>, Vector512<float>>(x0, strideX, w0, strideWeight, taps, b0, y0, channels, rows)
                : Vector256.IsHardwareAccelerated ? ConvSilu<Simd256<float>, Vector256<float>>(x0, strideX, w0, strideWeight, taps, b0, y0, channels, rows)
                : ConvSilu<Simd128<float>, Vector128<float>>(x0, strideX, w0, strideWeight, taps, b0, y0, channels, rows);
            for (var c = done; c < channels; c++)
            {
                for (var r = 0; r < rows; r++)
                {
                    var sum = b0[c];
                    for (var k = 0; k < taps; k++) sum += x0[((nint)(r + k) * strideX) + c] * w0[((nint)k * strideWeight) + c];
                    y0[((nint)r * channels) + c] = sum / (1 + MathF.Exp(-sum));
                }
            }
        }
    }

    private static int ConvSilu<S, V>(float* x, nint strideX, float* weight, nint strideWeight, int taps, float* bias, float* y, int channels, int rows)
        where S : ISimd<float, V>
        where V : struct
    {
        var whole = channels / S.Width * S.Width;
        for (var r = 0; r < rows; r++, x += strideX, y += channels)
        {
            for (var c = 0; c < whole; c += S.Width)
            {
                var sum = S.Load(bias + c);
                float* from = x + c, w = weight + c;
                for (var k = 0; k < taps; k++, from += strideX, w += strideWeight) sum = S.MultiplyAdd(S.Load(from), S.Load(w), sum);
                S.Store(y + c, Silu<S, float, V>.Of(sum, out _));
            }
        }

        return whole;
    }
}
