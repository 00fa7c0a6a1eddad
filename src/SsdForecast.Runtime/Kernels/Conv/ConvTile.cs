using System.Numerics;

namespace SsdForecast.Runtime.Kernels;

/// <summary>
/// How a convolution is cut: a unit is 256 positions of a sequence, and works on 64 of them at a time, which with the inputs around them stay in the cache.
/// The cut does not depend on the number of threads.
/// </summary>
internal readonly unsafe struct ConvTile<T>(ConvShape shape, ConvInputs<T> inputs, PaddedRows<T> rows)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Positions worked on at a time.</summary>
    public const int Steps = 64;

    private const int UnitSteps = 256;

    /// <summary>Units of a sequence.</summary>
    private int UnitsPerSequence => (shape.Length + UnitSteps - 1) / UnitSteps;

    /// <summary>Units in all.</summary>
    public int Units => shape.Batch * UnitsPerSequence;

    /// <summary>The sequence and the positions of a unit.</summary>
    public (int Batch, int Start, int End) Unit(int unit)
    {
        int start = unit % UnitsPerSequence * UnitSteps;
        return (unit / UnitsPerSequence, start, Math.Min(start + UnitSteps, shape.Length));
    }

    /// <summary>Copies inputs into padded rows; those before the first and after the last position are zeros.</summary>
    public void Gather(int batch, int first, int count, T* to)
    {
        for (int t = first; t < first + count; t++, to += rows.Padded)
        {
            if (t < 0 || t >= shape.Length)
                new Span<T>(to, rows.Padded).Clear();
            else
                rows.Copy(inputs.X + (nint)((batch * (long)shape.Length + t) * inputs.RowStride), to);
        }
    }

    /// <summary>Copies the taps into (width, padded channels) and the bias after them.</summary>
    public void GatherTaps(T* to)
    {
        new Span<T>(to, (shape.Width + 1) * rows.Padded).Clear();
        for (int channel = 0; channel < shape.Channels; channel++)
        {
            for (int k = 0; k < shape.Width; k++)
                to[k * rows.Padded + channel] = inputs.Weight[channel * shape.Width + k];
            to[shape.Width * rows.Padded + channel] = inputs.Bias[channel];
        }
    }
}
