using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SsdForecast.Runtime;

/// <summary>
/// One step of the SSD recurrence of one layer: <c>h = decay · h + dt · x Bᵀ</c>, <c>y = h C + D x</c>. Layout of the state:
/// <c>(heads, headdim, d_state)</c>, lanes along <c>d_state</c>; each row is read and written once.
/// </summary>
internal static partial class SsmStepKernel
{
    /// <summary>Steps all heads.</summary>
    /// <param name="config">Sizes.</param>
    /// <param name="xbc"><c>x | B | C</c> after convolution and SiLU, <c>(conv_dim)</c>.</param>
    /// <param name="dt">Step of each head.</param>
    /// <param name="decay"><c>exp(dt A)</c> of each head.</param>
    /// <param name="d">Skip of each head.</param>
    /// <param name="state"><c>(heads, headdim, d_state)</c>, changed.</param>
    /// <param name="y">Output, <c>(d_inner)</c>.</param>
    /// <param name="ahead">Memory to fetch meanwhile, or null.</param>
    public static void Step(
        BlockConfig config, ReadOnlySpan<float> xbc, ReadOnlySpan<float> dt, ReadOnlySpan<float> decay, ReadOnlySpan<float> d, Span<float> state, Span<float> y,
        FetchAhead? ahead = null)
    {
        var (heads, p, n) = (config.Heads, config.HeadDim, config.DState);
        var perGroup = heads / config.NGroups;
        for (var i = 0; i < heads; i++)
        {
            var b = xbc.Slice(config.DInner + (i / perGroup * n), n);
            var c = xbc.Slice(config.DInner + ((config.NGroups + (i / perGroup)) * n), n);
            if (IsWide(p, n)) HeadWide(xbc.Slice(i * p, p), b, c, dt[i], decay[i], d[i], state.Slice(i * p * n, p * n), y.Slice(i * p, p), ahead);
            else Head(xbc.Slice(i * p, p), b, c, dt[i], decay[i], d[i], state.Slice(i * p * n, p * n), y.Slice(i * p, p));
        }
    }

    private static void Head(ReadOnlySpan<float> x, ReadOnlySpan<float> b, ReadOnlySpan<float> c, float dt, float decay, float d, Span<float> state, Span<float> y)
    {
        var n = (nuint)b.Length;
        var lanes = (nuint)Vector<float>.Count;
        ref var b0 = ref MemoryMarshal.GetReference(b);
        ref var c0 = ref MemoryMarshal.GetReference(c);
        ref var row = ref MemoryMarshal.GetReference(state);
        var keep = new Vector<float>(decay);
        for (var p = 0; p < x.Length; p++)
        {
            var input = dt * x[p];
            var add = new Vector<float>(input);
            var sum = Vector<float>.Zero;
            nuint k = 0;
            for (; k + lanes <= n; k += lanes)
            {
                var h = Vector.MultiplyAddEstimate(add, Vector.LoadUnsafe(ref b0, k), keep * Vector.LoadUnsafe(ref row, k));
                h.StoreUnsafe(ref row, k);
                sum = Vector.MultiplyAddEstimate(h, Vector.LoadUnsafe(ref c0, k), sum);
            }

            var total = Vector.Sum(sum);
            for (; k < n; k++)
            {
                ref var h = ref Unsafe.Add(ref row, k);
                h = (decay * h) + (input * Unsafe.Add(ref b0, k));
                total += h * Unsafe.Add(ref c0, k);
            }

            y[p] = total + (d * x[p]);
            row = ref Unsafe.Add(ref row, n);
        }
    }
}
