using System.Runtime.Intrinsics.X86;

namespace SsdForecast.Runtime.Kernels;

/// <summary>
/// Asks for the rows of a chunk that is worked on next. Rows of one head lie h·p apart, too far for the hardware to foresee;
/// without this the kernels wait for memory as long as they compute.
/// </summary>
internal static unsafe class Prefetch
{
    private const int Line = 64;

    /// <summary>Asks for <paramref name="rows"/> rows of <paramref name="columns"/> elements.</summary>
    public static void Rows<T>(T* first, nint stride, int rows, int columns)
        where T : unmanaged
    {
        if (!Sse.IsSupported)
            return;
        for (int i = 0; i < rows; i++, first += stride)
        {
            for (byte* at = (byte*)first; at < (byte*)(first + columns); at += Line)
                Sse.Prefetch0(at);
        }
    }
}
