using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SsdForecast.Runtime;

/// <summary>Zeroed floats that begin at a multiple of 64 bytes and never move, so that no vector load straddles two cache lines.</summary>
internal sealed class AlignedFloats
{
    private const int Alignment = 64;

    private readonly float[] _array;
    private readonly int _offset;

    public AlignedFloats(int length)
    {
        Length = length;
        _array = GC.AllocateArray<float>(length + (Alignment / sizeof(float)), pinned: true);
        var address = AddressOf(_array);
        _offset = (int)((Alignment - (address % Alignment)) % Alignment / sizeof(float));
    }

    public int Length { get; }

    public Span<float> Span => _array.AsSpan(_offset, Length);

    private static unsafe nuint AddressOf(float[] pinned) => (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));
}
