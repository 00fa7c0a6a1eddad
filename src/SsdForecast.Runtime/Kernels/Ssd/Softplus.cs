using System.Numerics;
using System.Runtime.CompilerServices;

namespace SsdForecast.Runtime.Kernels;

/// <summary>softplus with its slope, lane by lane, within a few units in the last place. No exponent is positive.</summary>
internal static class Softplus<S, T, V>
    where S : ISimd<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
{
    /// <summary>softplus(v) = max(v, 0) + log1p(e^−|v|), v itself above 20, and its slope.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of(V v, out V slope)
    {
        V one = S.Broadcast(T.One), large = S.Broadcast(T.CreateChecked(20));
        V e = Exponential<S, T, V>.OfNonPositive(S.Min(v, S.Multiply(v, S.Broadcast(T.NegativeOne))));
        slope = S.IfGreater(v, large, one, S.Divide(S.IfGreater(v, S.Zero, one, e), S.Add(one, e)));
        return S.IfGreater(v, large, v, S.Add(S.Max(v, S.Zero), LogOnePlus(e)));
    }

    /// <summary>
    /// log(1 + e) = 2·artanh(s), s = e/(2 + e), for e in [0, 1]: s is at most 1/3, so each term of the series is at most a ninth of the one before,
    /// and the relative error is that of the division even for tiny e, where the logarithm of 1 + e has lost all digits.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V LogOnePlus(V e)
    {
        V two = S.Broadcast(T.CreateChecked(2)), s = S.Divide(e, S.Add(two, e)), square = S.Multiply(s, s);
        int last = typeof(T) == typeof(float) ? 15 : 33;
        V sum = S.Broadcast(T.One / T.CreateChecked(last));
        for (int k = last - 2; k > 0; k -= 2)
            sum = S.MultiplyAdd(sum, square, S.Broadcast(T.One / T.CreateChecked(k)));
        return S.Multiply(S.Multiply(two, s), sum);
    }
}
