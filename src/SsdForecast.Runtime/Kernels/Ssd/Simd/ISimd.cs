using System.Numerics;

namespace SsdForecast.Runtime.Kernels;

/// <summary>
/// The handful of vector operations that the SSD kernels are written in. A kernel is generic over an implementation;
/// the JIT compiles one body for each vector width and element type, with every call inlined.
/// </summary>
internal unsafe interface ISimd<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
{
    static abstract int Width { get; }

    /// <summary>Whether an 8×2 tile of accumulators fits in the registers of this path.</summary>
    static abstract bool HasManyRegisters { get; }

    static abstract V Zero { get; }

    static abstract V Load(T* source);

    static abstract void Store(T* destination, V value);

    static abstract V Broadcast(T value);

    static abstract V Add(V a, V b);

    static abstract V Multiply(V a, V b);

    /// <summary>a·b + c, fused where the hardware can.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);

    static abstract V Divide(V a, V b);

    static abstract V Min(V a, V b);

    static abstract V Max(V a, V b);

    /// <summary>2^n, where <paramref name="shifted"/> is n + 1.5·2^(mantissa bits): n stands in its low bits.</summary>
    static abstract V PowerOfTwo(V shifted);

    /// <summary>a where x &gt; y, else b, lane by lane.</summary>
    static abstract V IfGreater(V x, V y, V a, V b);

    static abstract T Sum(V a);
}
