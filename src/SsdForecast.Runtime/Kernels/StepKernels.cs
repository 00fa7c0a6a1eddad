using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using SsdForecast.Runtime.Kernels;

namespace SsdForecast.Runtime;

/// <summary>
/// Element-wise kernels of one step over spans, in float32: norms, activations, the convolution. Lengths are the caller's to get right;
/// outputs may be the input itself, not a part of it.
/// </summary>
internal static class StepKernels
{
    /// <summary><c>y = x / sqrt(mean(x²) + eps) · weight</c>, each of <paramref name="groups"/> equal parts by itself.</summary>
    public static void RmsNorm(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, float eps, Span<float> y, int groups = 1)
    {
        var size = x.Length / groups;
        for (var g = 0; g < groups; g++)
        {
            var part = x.Slice(g * size, size);
            var result = y.Slice(g * size, size);
            var scale = 1 / MathF.Sqrt((TensorPrimitives.SumOfSquares(part) / size) + eps);
            TensorPrimitives.Multiply(part, scale, result);
            TensorPrimitives.Multiply(result, weight.Slice(g * size, size), result);
        }
    }

    /// <summary><c>y = y · SiLU(z)</c>, <c>SiLU(z) = z / (1 + exp(−z))</c>.</summary>
    public static void Gate(ReadOnlySpan<float> z, Span<float> y)
    {
        z = z[..y.Length];
        if (Vector512.IsHardwareAccelerated) Gate<Simd512<float>, Vector512<float>>(z, y);
        else if (Vector256.IsHardwareAccelerated) Gate<Simd256<float>, Vector256<float>>(z, y);
        else Gate<Simd128<float>, Vector128<float>>(z, y);
    }

    /// <summary>
    /// One step of the causal depthwise convolution with SiLU: <c>y = SiLU(bias + Σ_k weight[k] · input_k)</c>, and <paramref name="x"/>
    /// becomes the newest input of the history.
    /// </summary>
    /// <param name="x">The present input, <c>(channels)</c>.</param>
    /// <param name="history">The inputs before it, oldest first, <c>(d_conv − 1, channels)</c>.</param>
    /// <param name="weight">Transposed from the model's, <c>(d_conv, channels)</c>; the last row multiplies the present.</param>
    /// <param name="bias"><c>(channels)</c>.</param>
    /// <param name="y">Output, <c>(channels)</c>.</param>
    public static void ConvSilu(ReadOnlySpan<float> x, Span<float> history, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, Span<float> y)
    {
        var channels = y.Length;
        // The only checks: below, pointers run over these lengths.
        x = x[..channels];
        bias = bias[..channels];
        weight = weight[..(history.Length + channels)];
        if (Vector512.IsHardwareAccelerated) ConvSilu<Simd512<float>, Vector512<float>>(x, history, weight, bias, y);
        else if (Vector256.IsHardwareAccelerated) ConvSilu<Simd256<float>, Vector256<float>>(x, history, weight, bias, y);
        else ConvSilu<Simd128<float>, Vector128<float>>(x, history, weight, bias, y);
        if (history.Length == 0) return;
        history[channels..].CopyTo(history);
        x.CopyTo(history[^channels..]);
    }

    /// <summary>
    /// <c>dt = clamp(softplus(dt + bias), low, high) · elapsed</c> and <c>decay = exp(dt · a)</c>, over spans of a multiple of
    /// <see cref="PackedMatrix.BlockRows"/>.
    /// </summary>
    public static void TimeStep(Span<float> dt, ReadOnlySpan<float> bias, ReadOnlySpan<float> a, float low, float high, float elapsed, Span<float> decay)
    {
        // The only checks: below, pointers run over these lengths.
        bias = bias[..dt.Length];
        a = a[..dt.Length];
        decay = decay[..dt.Length];
        if (Vector512.IsHardwareAccelerated) TimeStep<Simd512<float>, Vector512<float>>(dt, bias, a, low, high, elapsed, decay);
        else if (Vector256.IsHardwareAccelerated) TimeStep<Simd256<float>, Vector256<float>>(dt, bias, a, low, high, elapsed, decay);
        else TimeStep<Simd128<float>, Vector128<float>>(dt, bias, a, low, high, elapsed, decay);
    }

    private static unsafe void Gate<S, V>(ReadOnlySpan<float> z, Span<float> y)
        where S : ISimd<float, V>
        where V : struct
    {
        var i = 0;
        fixed (float* z0 = z, y0 = y)
        {
            for (; i + S.Width <= y.Length; i += S.Width) S.Store(y0 + i, S.Multiply(S.Load(y0 + i), Silu<S, float, V>.Of(S.Load(z0 + i), out _)));
        }

        for (; i < y.Length; i++) y[i] *= z[i] / (1 + MathF.Exp(-z[i]));
    }

    private static unsafe void ConvSilu<S, V>(ReadOnlySpan<float> x, ReadOnlySpan<float> history, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, Span<float> y)
        where S : ISimd<float, V>
        where V : struct
    {
        var (channels, i) = (y.Length, 0);
        fixed (float* x0 = x, h = history, w = weight, b = bias, y0 = y)
        {
            for (; i + S.Width <= channels; i += S.Width)
            {
                var sum = S.Load(b + i);
                var tap = i;
                for (; tap < history.Length; tap += channels) sum = S.MultiplyAdd(S.Load(h + tap), S.Load(w + tap), sum);
                sum = S.MultiplyAdd(S.Load(x0 + i), S.Load(w + tap), sum);
                S.Store(y0 + i, Silu<S, float, V>.Of(sum, out _));
            }
        }

        for (; i < channels; i++)
        {
            var sum = bias[i];
            for (var tap = i; tap < history.Length; tap += channels) sum += history[tap] * weight[tap];
            sum += x[i] * weight[history.Length + i];
            y[i] = sum / (1 + MathF.Exp(-sum));
        }
    }

    private static unsafe void TimeStep<S, V>(Span<float> dt, ReadOnlySpan<float> bias, ReadOnlySpan<float> a, float low, float high, float elapsed, Span<float> decay)
        where S : ISimd<float, V>
        where V : struct
    {
        fixed (float* dt0 = dt, b = bias, a0 = a, decay0 = decay)
        {
            for (var i = 0; i < dt.Length; i += S.Width)
            {
                var v = Softplus<S, float, V>.Of(S.Add(S.Load(dt0 + i), S.Load(b + i)), out _);
                v = S.Multiply(S.Min(S.Max(v, S.Broadcast(low)), S.Broadcast(high)), S.Broadcast(elapsed));
                S.Store(dt0 + i, v);
                S.Store(decay0 + i, Exponential<S, float, V>.OfNonPositive(S.Min(S.Multiply(v, S.Load(a0 + i)), S.Zero)));
            }
        }
    }
}
