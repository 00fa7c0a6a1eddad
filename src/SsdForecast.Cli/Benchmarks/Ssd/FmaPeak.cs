using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SsdForecast.Cli.Benchmarks.Ssd;

/// <summary>The most float32 multiply-adds that this machine does in a second, measured: independent ones in registers, on all cores at once.</summary>
internal static class FmaPeak
{
    private const int Chains = 12;
    private const int Turns = 2_000_000;

    /// <summary>GFLOP/s over all cores, two for a multiply-add; the best of <paramref name="trials"/>, some ten milliseconds each.</summary>
    public static double Measure(int trials = 5)
    {
        Loop(1000);
        return Enumerable.Range(0, trials).Max(_ => Trial(Environment.ProcessorCount));
    }

    private static double Trial(int threads)
    {
        using var start = new Barrier(threads);
        var spans = new (long From, long To, int Lanes)[threads];
        var workers = Enumerable.Range(0, threads).Select(i => new Thread(() =>
        {
            start.SignalAndWait();
            var from = Stopwatch.GetTimestamp();
            var lanes = Loop(Turns);
            spans[i] = (from, Stopwatch.GetTimestamp(), lanes);
        })).ToList();
        workers.ForEach(w => w.Start());
        workers.ForEach(w => w.Join());
        // From the first start to the last end: a thread that had to wait for a core makes the trial worse and not better.
        var seconds = Stopwatch.GetElapsedTime(spans.Min(s => s.From), spans.Max(s => s.To)).TotalSeconds;
        return 2.0 * Chains * Turns * spans.Sum(s => s.Lanes) / seconds / 1e9;
    }

    /// <summary>The lanes of a vector. Every turn is one multiply-add in each of twelve chains: more than two units with a latency of four can have in flight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Loop(int turns)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<float> m = Vector512.Create(0.999f), c = Vector512.Create(0.5f);
            Vector512<float> x0 = m, x1 = m, x2 = m, x3 = m, x4 = m, x5 = m, x6 = m, x7 = m, x8 = m, x9 = m, xa = m, xb = m;
            for (var i = 0; i < turns; i++)
            {
                x0 = Vector512.FusedMultiplyAdd(x0, m, c); x1 = Vector512.FusedMultiplyAdd(x1, m, c); x2 = Vector512.FusedMultiplyAdd(x2, m, c);
                x3 = Vector512.FusedMultiplyAdd(x3, m, c); x4 = Vector512.FusedMultiplyAdd(x4, m, c); x5 = Vector512.FusedMultiplyAdd(x5, m, c);
                x6 = Vector512.FusedMultiplyAdd(x6, m, c); x7 = Vector512.FusedMultiplyAdd(x7, m, c); x8 = Vector512.FusedMultiplyAdd(x8, m, c);
                x9 = Vector512.FusedMultiplyAdd(x9, m, c); xa = Vector512.FusedMultiplyAdd(xa, m, c); xb = Vector512.FusedMultiplyAdd(xb, m, c);
            }
            return Keep(Vector512.Sum(x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + xa + xb), Vector512<float>.Count);
        }
        Vector<float> n = new(0.999f), d = new(0.5f);
        Vector<float> y0 = n, y1 = n, y2 = n, y3 = n, y4 = n, y5 = n, y6 = n, y7 = n, y8 = n, y9 = n, ya = n, yb = n;
        for (var i = 0; i < turns; i++)
        {
            y0 = Vector.FusedMultiplyAdd(y0, n, d); y1 = Vector.FusedMultiplyAdd(y1, n, d); y2 = Vector.FusedMultiplyAdd(y2, n, d);
            y3 = Vector.FusedMultiplyAdd(y3, n, d); y4 = Vector.FusedMultiplyAdd(y4, n, d); y5 = Vector.FusedMultiplyAdd(y5, n, d);
            y6 = Vector.FusedMultiplyAdd(y6, n, d); y7 = Vector.FusedMultiplyAdd(y7, n, d); y8 = Vector.FusedMultiplyAdd(y8, n, d);
            y9 = Vector.FusedMultiplyAdd(y9, n, d); ya = Vector.FusedMultiplyAdd(ya, n, d); yb = Vector.FusedMultiplyAdd(yb, n, d);
        }
        return Keep(Vector.Sum(y0 + y1 + y2 + y3 + y4 + y5 + y6 + y7 + y8 + y9 + ya + yb), Vector<float>.Count);
    }

    /// <summary>Uses the sum, so that the loop is not optimised away.</summary>
    private static int Keep(float sum, int lanes) => float.IsNaN(sum) ? 0 : lanes;
}
