using System.Numerics;
using System.Runtime.CompilerServices;

namespace SsdForecast.Runtime.Kernels;

/// <summary>SiLU(v) = v·σ(v) with its slope, lane by lane. No exponent is positive.</summary>
internal static class Silu<S, T, V>
    where S : ISimd<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
{
    /// <summary>The value; <paramref name="slope"/> is σ + v·σ·(1 − σ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of(V v, out V slope)
    {
        V one = S.Broadcast(T.One), minus = S.Broadcast(T.NegativeOne);
        V e = Exponential<S, T, V>.OfNonPositive(S.Min(v, S.Multiply(v, minus)));
        V sigmoid = S.Divide(S.IfGreater(v, S.Zero, one, e), S.Add(one, e));
        V value = S.Multiply(v, sigmoid);
        slope = S.MultiplyAdd(value, S.MultiplyAdd(sigmoid, minus, one), sigmoid);
        return value;
    }
}
