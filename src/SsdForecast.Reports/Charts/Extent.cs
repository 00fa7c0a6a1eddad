namespace SsdForecast.Reports;

/// <summary>The range of coordinates that a chart shows.</summary>
internal readonly record struct Extent(double Min, double Max)
{
    /// <summary>Nothing yet.</summary>
    public static Extent Empty => new(double.PositiveInfinity, double.NegativeInfinity);

    public bool IsEmpty => !(Min <= Max);

    /// <summary>With one more coordinate, unless it cannot be drawn.</summary>
    public Extent With(double value, bool log = false) =>
        Scale.IsDrawable(value) && (!log || value > 0) ? new(Math.Min(Min, value), Math.Max(Max, value)) : this;

    /// <summary>Widened to a range in which neighbouring ticks differ: one value, or values that agree to nine digits, get room on both sides.</summary>
    public Extent Opened(double leastHalf = 0)
    {
        var magnitude = Math.Max(Math.Abs(Min), Math.Abs(Max));
        if (Max - Min > magnitude * 1e-9 && Max - Min > Math.Max(2e-290, leastHalf * 1e-3)) return this;
        var centre = Min / 2 + Max / 2;
        var half = leastHalf > 0 ? leastHalf : centre == 0 ? 1 : Math.Max(magnitude * 0.05, 1e-290);
        half = Math.Max(half, magnitude * 1e-8);
        return new(centre - half, centre + half);
    }

    /// <summary>With a margin on both sides, as a fraction of the range; never across zero.</summary>
    public Extent Padded(double fraction)
    {
        var pad = (Max - Min) * fraction;
        var min = Min >= 0 && Min - pad < 0 ? 0 : Min - pad;
        var max = Max <= 0 && Max + pad > 0 ? 0 : Max + pad;
        return new(min, max);
    }

    /// <summary>A logarithmic range with a margin, at least a factor of two wide.</summary>
    public Extent LogPadded()
    {
        var low = Math.Clamp(Math.Log10(Min), -300, 299);
        var high = Math.Clamp(Math.Log10(Max), low, 300);
        var pad = high - low < 0.3 ? 0.15 : (high - low) * 0.05;
        return new(Math.Pow(10, Math.Max(low - pad, -305)), Math.Pow(10, Math.Min(high + pad, 305)));
    }
}
