using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace SsdForecast.Runtime;

/// <summary>
/// Memory that will be worked on next, to be fetched into the L2 cache line by line while kernels compute: they take a few hundred bytes at a time and ask
/// for a line every few instructions, so that memory and arithmetic are busy at once. Addresses may have become stale; fetching does no harm.
/// </summary>
internal sealed unsafe class FetchAhead
{
    /// <summary>Bytes of a cache line.</summary>
    public const int Line = 64;

    private readonly (nint Address, int Lines)[] _regions = new (nint, int)[BatchedStep.Tile];
    private int _count;
    private int _region;
    private int _line;

    /// <summary>Forgets what was to be fetched.</summary>
    public void Clear() => (_count, _region, _line) = (0, 0, 0);

    /// <summary>Adds a piece of memory.</summary>
    public void Add(ReadOnlySpan<float> floats) =>
        _regions[_count++] = ((nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(floats)), floats.Length * sizeof(float) / Line);

    /// <summary>The next lines to fetch, or <paramref name="otherwise"/> where nothing is left: a kernel need not ask whether there is any.</summary>
    /// <param name="lines">How many; those past the end of a piece are let be.</param>
    public byte* Take(int lines, void* otherwise)
    {
        if (_region == _count || !Sse.IsSupported) return (byte*)otherwise;
        var (address, length) = _regions[_region];
        var at = (byte*)address + ((nint)_line * Line);
        _line += lines;
        if (_line >= length) (_region, _line) = (_region + 1, 0);
        return at;
    }

    /// <summary>Fetches what no kernel has taken.</summary>
    public void Finish()
    {
        for (; _region < _count; _region++, _line = 0)
        {
            var (address, length) = _regions[_region];
            for (; _line < length; _line++) Fetch((byte*)address + ((nint)_line * Line));
        }
    }

    /// <summary>Asks for a line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(byte* line)
    {
        if (Sse.IsSupported) Sse.Prefetch1(line);
    }
}
