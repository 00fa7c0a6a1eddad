using System.Numerics;
using System.Runtime.CompilerServices;

namespace SsdForecast.Runtime.Kernels;

/// <summary>
/// e^x for x ≤ 0, within about one unit in the last place, and exactly 1 at 0: a decay is never above 1, which a long sequence would show.
/// (The runtime's own Vector512.Exp gives 1.0000001 at 0 in float32.) Results below the smallest normal number are 0.
/// </summary>
internal static class Exponential<S, T, V>
    where S : ISimd<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
{
    private static readonly bool IsSingle = typeof(T) == typeof(float);

    /// <summary>The last term of the Taylor polynomial, degree 7 or 13: below a quarter of an ulp on |r| ≤ ln 2 / 2.</summary>
    private static readonly int Degree = IsSingle ? 7 : 13;

    /// <summary>1/k!.</summary>
    private static readonly T[] InverseFactorials = [.. Enumerable.Range(0, 14).Select(k => T.One / T.CreateChecked(Enumerable.Range(1, k).Aggregate(1.0, (a, b) => a * b)))];

    /// <summary>1.5·2^(mantissa bits): adding it rounds to an integer that stands in the low bits.</summary>
    private static readonly T Rounder = T.CreateChecked(IsSingle ? 12582912.0 : 6755399441055744.0);

    /// <summary>ln 2 in two parts; the first has so few bits that its products with exponents are exact.</summary>
    private static readonly T LogTwoHigh = T.CreateChecked(IsSingle ? 0.693359375 : 0.693147180369123816490);

    private static readonly T LogTwoLow = T.CreateChecked(IsSingle ? -2.12194440e-4 : 1.90821492927058770002e-10);

    private static readonly T Lowest = T.CreateChecked(IsSingle ? -87.3 : -708.3);

    /// <summary>e^x, lane by lane; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V OfNonPositive(V x)
    {
        V rounder = S.Broadcast(Rounder);
        V shifted = S.MultiplyAdd(x, S.Broadcast(T.One / T.CreateChecked(0.693147180559945309417)), rounder);
        V minusN = S.Add(rounder, S.Multiply(shifted, S.Broadcast(T.NegativeOne)));
        V r = S.MultiplyAdd(minusN, S.Broadcast(LogTwoLow), S.MultiplyAdd(minusN, S.Broadcast(LogTwoHigh), x));
        V sum = S.Broadcast(InverseFactorials[Degree]);
        for (int k = Degree - 1; k >= 2; k--)
            sum = S.MultiplyAdd(sum, r, S.Broadcast(InverseFactorials[k]));
        V power = S.Add(S.MultiplyAdd(S.Multiply(r, r), sum, r), S.Broadcast(T.One));
        return S.IfGreater(S.Broadcast(Lowest), x, S.Zero, S.Multiply(power, S.PowerOfTwo(shifted)));
    }
}
