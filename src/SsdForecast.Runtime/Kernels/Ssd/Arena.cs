namespace SsdForecast.Runtime.Kernels;

/// <summary>Cuts one block of memory into aligned arrays; with a null base it only measures.</summary>
internal unsafe ref struct Arena(byte* memory)
{
    /// <summary>Alignment of every array, bytes: a cache line and a 512-bit vector.</summary>
    public const int Alignment = 64;

    /// <summary>Bytes taken so far.</summary>
    public nuint Used { get; private set; }

    /// <summary>Takes an array of <paramref name="count"/> elements, not cleared.</summary>
    public T* Take<T>(long count)
        where T : unmanaged
    {
        T* array = (T*)(memory + Used);
        Used += ((nuint)count * (nuint)sizeof(T) + Alignment - 1) & ~(nuint)(Alignment - 1);
        return array;
    }
}
