using System.Diagnostics;

namespace SsdForecast.Cli.Benchmarks.Steps;

/// <summary>Medians of repeated measurements.</summary>
/// <param name="warmUp">
/// How long something runs before it is timed. Compiled code is replaced by better code after many calls and some tenths of a second.
/// </param>
internal sealed class Timing(TimeSpan warmUp)
{
    private const int Runs = 5;

    /// <summary>For runs of so many events: half a second, less where there is little to time.</summary>
    public static Timing For(int events) => new(TimeSpan.FromMilliseconds(Math.Min(500, events / 10)));

    /// <summary>The median of five results, after the code has warmed up: one run at least.</summary>
    public double Median(Func<double> run)
    {
        Warm(() => run());
        return Enumerable.Range(0, Runs).Select(_ => run()).Order().ElementAt(Runs / 2);
    }

    /// <summary>Runs something until its code has warmed up.</summary>
    public void Warm(Action run)
    {
        var clock = Stopwatch.StartNew();
        do run();
        while (clock.Elapsed < warmUp);
    }

    /// <summary>The part <paramref name="p"/> of the way from the least to the greatest.</summary>
    public static double Quantile(double[] sorted, double p) => sorted[(int)(p * (sorted.Length - 1))];
}
