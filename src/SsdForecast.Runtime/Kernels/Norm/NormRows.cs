using System.Numerics;

namespace SsdForecast.Runtime.Kernels;

/// <summary>How a norm is cut: 128 rows a unit, whatever the number of threads; a group of a row at a time, padded where vectors do not fit.</summary>
internal readonly unsafe struct NormRows<T>(NormShape shape, int width)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int UnitRows = 128;

    /// <summary>A group of a row.</summary>
    public PaddedRows<T> Group { get; } = new(shape.GroupSize, width);

    /// <summary>Units in all.</summary>
    public int Units => (int)((shape.Rows + UnitRows - 1) / UnitRows);

    /// <summary>First row and row after the last of a unit.</summary>
    public (nint First, nint End) Unit(int unit) => ((nint)unit * UnitRows, (nint)Math.Min((long)(unit + 1) * UnitRows, shape.Rows));

    /// <summary>Copies the weight into padded groups.</summary>
    public void GatherWeight(T* weight, T* to)
    {
        for (int g = 0; g < shape.Groups; g++)
            Group.Copy(weight + g * Group.Columns, to + g * Group.Padded);
    }
}
