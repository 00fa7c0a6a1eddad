using System.Numerics;
using System.Runtime.InteropServices;

namespace SsdForecast.Runtime;

/// <summary>
/// One step of one head whose state takes two inputs, that of the step before and the present one: <c>h = decay · h + x' B'ᵀ + x Bᵀ</c>, then
/// <c>y = h C + D v</c>. Layout of the state: <c>(headdim, d_state)</c>, lanes along <c>d_state</c>; each row is read and written once.
/// </summary>
internal static class TwoInputStepKernel
{
    /// <summary>Steps one head.</summary>
    /// <param name="v">The head's input, <c>(headdim)</c>; the present one enters with <paramref name="weight"/>.</param>
    /// <param name="before">The step before's, <c>(headdim)</c>; enters with <paramref name="weightBefore"/>.</param>
    /// <param name="b">Input map, <c>(d_state)</c>.</param>
    /// <param name="bBefore">The step before's.</param>
    /// <param name="c">Output map.</param>
    /// <param name="state"><c>(headdim, d_state)</c>, changed.</param>
    /// <param name="y">Output, <c>(headdim)</c>.</param>
    public static void Step(
        ReadOnlySpan<float> v, ReadOnlySpan<float> before, ReadOnlySpan<float> b, ReadOnlySpan<float> bBefore, ReadOnlySpan<float> c,
        float decay, float weight, float weightBefore, float d, Span<float> state, Span<float> y)
    {
        var (n, lanes) = (b.Length, Vector<float>.Count);
        ref var b0 = ref MemoryMarshal.GetReference(b);
        ref var before0 = ref MemoryMarshal.GetReference(bBefore);
        ref var c0 = ref MemoryMarshal.GetReference(c);
        var keep = new Vector<float>(decay);
        for (var p = 0; p < v.Length; p++)
        {
            var row = state.Slice(p * n, n);
            ref var row0 = ref MemoryMarshal.GetReference(row);
            var (now, earlier) = (weight * v[p], weightBefore * before[p]);
            var (addNow, addEarlier, sum) = (new Vector<float>(now), new Vector<float>(earlier), Vector<float>.Zero);
            var k = 0;
            for (; k + lanes <= n; k += lanes)
            {
                var at = (nuint)k;
                var h = Vector.MultiplyAddEstimate(addEarlier, Vector.LoadUnsafe(ref before0, at), keep * Vector.LoadUnsafe(ref row0, at));
                h = Vector.MultiplyAddEstimate(addNow, Vector.LoadUnsafe(ref b0, at), h);
                h.StoreUnsafe(ref row0, at);
                sum = Vector.MultiplyAddEstimate(h, Vector.LoadUnsafe(ref c0, at), sum);
            }

            var total = Vector.Sum(sum);
            for (; k < n; k++)
            {
                row[k] = (decay * row[k]) + (earlier * bBefore[k]) + (now * b[k]);
                total += row[k] * c[k];
            }

            y[p] = total + (d * v[p]);
        }
    }
}
