using System.Numerics;
using System.Runtime.CompilerServices;

namespace SsdForecast.Runtime.Kernels;

/// <summary>Rows whose length is no multiple of the vector width go through a buffer that is padded with zeros; others are used where they lie.</summary>
internal readonly unsafe struct PaddedRows<T>(int columns, int width)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Elements of a row.</summary>
    public int Columns { get; } = columns;

    /// <summary>Elements of a padded row.</summary>
    public int Padded { get; } = (columns + width - 1) / width * width;

    /// <summary>Whether rows need no padding.</summary>
    public bool Whole => Columns == Padded;

    /// <summary>The row itself, or its copy in <paramref name="buffer"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* Read(T* row, T* buffer)
    {
        if (Whole)
            return row;
        Copy(row, buffer);
        return buffer;
    }

    /// <summary>Copies a row into a padded one.</summary>
    public void Copy(T* row, T* padded)
    {
        new ReadOnlySpan<T>(row, Columns).CopyTo(new Span<T>(padded, Columns));
        new Span<T>(padded + Columns, Padded - Columns).Clear();
    }

    /// <summary>Where to write a row: itself, or <paramref name="buffer"/>, from which <see cref="Finish"/> copies.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* Write(T* row, T* buffer) => Whole ? row : buffer;

    /// <summary>Copies what was written to the buffer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Finish(T* buffer, T* row)
    {
        if (!Whole)
            new ReadOnlySpan<T>(buffer, Columns).CopyTo(new Span<T>(row, Columns));
    }
}
