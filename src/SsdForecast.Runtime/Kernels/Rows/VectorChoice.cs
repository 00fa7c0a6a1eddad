using System.Runtime.Intrinsics;

namespace SsdForecast.Runtime.Kernels;

/// <summary>Which vector width suits rows of a length.</summary>
internal static class VectorChoice
{
    /// <summary>The widest vectors of the processor that cut a row without a rest; where none do, the widest that a row fills.</summary>
    public static SimdWidth For<T>(int columns, SimdWidth wish)
        where T : unmanaged
    {
        if (wish != SimdWidth.Auto)
            return wish;
        bool has512 = Vector512.IsHardwareAccelerated, has256 = Vector256.IsHardwareAccelerated;
        if (has512 && columns % Vector512<T>.Count == 0)
            return SimdWidth.Bits512;
        if (has256 && columns % Vector256<T>.Count == 0)
            return SimdWidth.Bits256;
        if (columns % Vector128<T>.Count == 0)
            return SimdWidth.Bits128;
        if (has512 && columns > Vector512<T>.Count)
            return SimdWidth.Bits512;
        return has256 && columns > Vector256<T>.Count ? SimdWidth.Bits256 : SimdWidth.Bits128;
    }
}
