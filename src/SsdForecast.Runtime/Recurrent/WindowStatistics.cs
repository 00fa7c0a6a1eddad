using System.Numerics;

namespace SsdForecast.Runtime;

/// <summary>
/// Mean and variance of a window by two passes in float64. Recomputed at every step: running sums would drift away from what the parallel
/// form computes, by rounding that is never forgotten.
/// </summary>
internal static class WindowStatistics
{
    /// <summary>Mean; 0 for an empty window.</summary>
    public static double Mean(ReadOnlySpan<float> window)
    {
        Vector<double> low = default, high = default;
        var i = 0;
        for (; i + Vector<float>.Count <= window.Length; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(window[i..]), out var a, out var b);
            low += a;
            high += b;
        }

        var sum = Vector.Sum(low + high);
        for (; i < window.Length; i++) sum += window[i];
        return sum / Math.Max(window.Length, 1);
    }

    /// <summary>Writes the deviations from <paramref name="mean"/> and returns their mean square; 0 for an empty window.</summary>
    public static double Centre(ReadOnlySpan<float> window, double mean, Span<float> deviations)
    {
        var m = new Vector<double>(mean);
        Vector<double> low = default, high = default;
        var i = 0;
        for (; i + Vector<float>.Count <= window.Length; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(window[i..]), out var a, out var b);
            a -= m;
            b -= m;
            low += a * a;
            high += b * b;
            Vector.Narrow(a, b).CopyTo(deviations[i..]);
        }

        var sum = Vector.Sum(low + high);
        for (; i < window.Length; i++)
        {
            var d = window[i] - mean;
            sum += d * d;
            deviations[i] = (float)d;
        }

        return sum / Math.Max(window.Length, 1);
    }

    /// <summary><c>σ = sqrt(1 − ρ + ρ v + 1e-5)</c>, <c>ρ</c> the part of the window that is filled.</summary>
    public static double Sigma(double variance, int weighted, int lookback)
    {
        var rho = (double)weighted / lookback;
        return Math.Sqrt(1 - rho + (rho * variance) + 1e-5);
    }
}
