namespace SsdForecast.Reports;

/// <summary>A map from data to pixels, linear or logarithmic. Nothing overflows for coordinates up to 1e300.</summary>
internal readonly record struct Scale(double Min, double Max, double From, double To, bool Log = false)
{
    /// <summary>Coordinates past this are treated as missing.</summary>
    public const double Largest = 1e300;

    /// <summary>Whether a coordinate can be drawn.</summary>
    public bool Accepts(double value) => IsDrawable(value) && (!Log || value > 0);

    /// <summary>Whether a coordinate is a number within bounds.</summary>
    public static bool IsDrawable(double value) => Math.Abs(value) <= Largest; // false for NaN

    /// <summary>The pixel of a coordinate; held within one length of the axis outside the plot, so that no path runs off to infinity.</summary>
    public double Map(double value)
    {
        var t = Log
            ? (Math.Log10(value) - Math.Log10(Min)) / (Math.Log10(Max) - Math.Log10(Min))
            : (value - Min) / (Max - Min);
        return From + Math.Clamp(t, -1, 2) * (To - From);
    }

    /// <summary>The coordinate of a pixel.</summary>
    public double Invert(double pixel)
    {
        var t = (pixel - From) / (To - From);
        return Log ? Math.Pow(10, Math.Log10(Min) + t * (Math.Log10(Max) - Math.Log10(Min))) : Min + t * (Max - Min);
    }
}
