using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

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
        var i = 0;
        for (; i + Vector<float>.Count <= y.Length; i += Vector<float>.Count)
        {
            var v = new Vector<float>(z[i..]);
            (new Vector<float>(y[i..]) * Silu(v)).CopyTo(y[i..]);
        }

        for (; i < y.Length; i++) y[i] *= z[i] / (1 + MathF.Exp(-z[i]));
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
        ref var h = ref MemoryMarshal.GetReference(history);
        ref var w = ref MemoryMarshal.GetReference(weight);
        var i = 0;
        for (; i + Vector<float>.Count <= channels; i += Vector<float>.Count)
        {
            var sum = new Vector<float>(bias[i..]);
            var tap = (nuint)i;
            for (; tap < (nuint)history.Length; tap += (nuint)channels)
                sum = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref h, tap), Vector.LoadUnsafe(ref w, tap), sum);
            sum = Vector.MultiplyAddEstimate(new Vector<float>(x[i..]), Vector.LoadUnsafe(ref w, tap), sum);
            Silu(sum).CopyTo(y[i..]);
        }

        for (; i < channels; i++)
        {
            var sum = bias[i];
            for (var tap = i; tap < history.Length; tap += channels) sum += history[tap] * weight[tap];
            sum += x[i] * weight[history.Length + i];
            y[i] = sum / (1 + MathF.Exp(-sum));
        }

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
        for (var i = 0; i < dt.Length; i += Vector<float>.Count)
        {
            var v = Softplus(new Vector<float>(dt[i..]) + new Vector<float>(bias[i..]));
            v = Vector.Min(Vector.Max(v, new Vector<float>(low)), new Vector<float>(high)) * elapsed;
            v.CopyTo(dt[i..]);
            Vector.Exp(v * new Vector<float>(a[i..])).CopyTo(decay[i..]);
        }
    }

    private static Vector<float> Silu(Vector<float> x) => x / (Vector<float>.One + Vector.Exp(-x));

    // max(x, 0) + log1p(exp(−|x|)). dt lives where exp(−|x|) is small, and there log(1 + e) has lost most of e's digits:
    // log(u)·e/(u − 1) with u = 1 + e rounded has them (Kahan). Past x = 20 the logarithm is below half a unit in the last place of x.
    private static Vector<float> Softplus(Vector<float> x)
    {
        var e = Vector.Exp(-Vector.Abs(x));
        var u = Vector<float>.One + e;
        var d = u - Vector<float>.One;
        var log1p = Vector.ConditionalSelect(Vector.Equals(d, Vector<float>.Zero), e, Vector.Log(u) * (e / d));
        return Vector.Max(x, Vector<float>.Zero) + log1p;
    }
}
