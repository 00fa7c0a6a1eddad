using MathNet.Numerics.Distributions;
using SsdForecast.Runtime;

namespace SsdForecast.Streaming.Tests;

public class SeriesMonitorTests
{
    private static readonly ModelConfig Config = Streams.Config with { Quantiles = [0.05, 0.25, 0.5, 0.75, 0.95] };
    private static readonly float[] Encoded = new float[Config.Block.DModel];

    /// <summary>A model whose quantiles are half as wide as they should be and one unit too low: after a while the calibrated ones are right.</summary>
    [Fact]
    public void Wrong_quantiles_become_right()
    {
        var monitor = new SeriesMonitor(Config);
        var (state, random) = (new float[monitor.StateLength], new Random(1));
        monitor.Initialize(state);
        int inside = 0, rawInside = 0;
        const int Count = 20_000;
        for (var t = 0; t < Count; t++)
        {
            var center = 10 * Math.Sin(t / 10.0);
            double[] raw = [.. Config.Levels.Select(p => center - 1 + Normal.InvCDF(0, 0.5, p))];
            var calibrated = raw.ToArray();
            monitor.Adjust(state, Encoded, 2, calibrated);
            var y = center + Normal.Sample(random, 0, 1);
            if (y >= calibrated[0] && y <= calibrated[^1]) inside++;
            if (y >= raw[0] && y <= raw[^1]) rawInside++;
            monitor.Judge(state, Encoded, 2, raw, y);
        }

        Assert.InRange(rawInside / (double)Count, 0, 0.5);
        Assert.InRange(inside / (double)Count, 0.88, 0.92);
    }

    /// <summary>
    /// What bursts do to a stream: they enter the window of the scale and leave it, so that the unit of the offsets grows a hundredfold and shrinks again, and the errors
    /// of the quiet time after it are ten times what they were in that unit. A single tracker of small step is lost for thousands of events.
    /// </summary>
    [Fact]
    public void Coverage_holds_where_the_scale_of_the_window_jumps()
    {
        var monitor = new SeriesMonitor(Config);
        var (state, random) = (new float[monitor.StateLength], new Random(7));
        monitor.Initialize(state);
        var (inside, single, offsets, error) = (0, 0, new float[5], 0.1);
        const int Count = 8000;
        for (var t = 0; t < Count; t++)
        {
            var scale = (t / 1000) switch { 0 or 4 or 8 => 1.0, 1 or 5 or 9 => 15, 2 or 6 or 10 => 0.15, _ => 0.05 };
            double[] raw = [.. Config.Levels.Select(p => Normal.InvCDF(0, 0.04 * scale, p))];
            var (calibrated, one) = (raw.ToArray(), raw.ToArray());
            monitor.Adjust(state, Encoded, scale, calibrated);
            QuantileTracker.Apply(offsets, scale, one);
            var y = Normal.Sample(random, 0, 0.05);
            if (y >= calibrated[0] && y <= calibrated[^1]) inside++;
            if (y >= one[0] && y <= one[^1]) single++;
            error += 0.001 * ((Math.Abs(y) / scale) - error);
            QuantileTracker.Update(offsets, Config.Levels.ToArray(), raw, scale, 0.02 * error, y);
            monitor.Judge(state, Encoded, scale, raw, y);
        }

        Assert.True(inside / (double)Count is > 0.87 and < 0.93 && single / (double)Count < 0.85, $"{inside / (double)Count} and {single / (double)Count}");
    }

    [Fact]
    public void P_values_are_calibrated_on_heavier_tails_than_the_quantiles_tell()
    {
        var monitor = new SeriesMonitor(Config);
        var (state, random) = (new float[monitor.StateLength], new Random(1));
        monitor.Initialize(state);
        var p = new List<double>();
        for (var t = 0; t < 60_000; t++)
        {
            double[] raw = [.. Config.Levels.Select(x => Normal.InvCDF(0, 1, x))];
            // Student's t with five degrees of freedom.
            var verdict = monitor.Judge(state, Encoded, 1, raw, StudentT.Sample(random, 0, 1, 5));
            if (t > 5000) p.Add(verdict.PValue);
        }

        Assert.InRange(p.Count(x => x < 0.01) / (double)p.Count, 0.006, 0.014);
        Assert.InRange(p.Count(x => x < 0.001) / (double)p.Count, 0.0003, 0.003);
    }

    [Fact]
    public void P_values_stay_about_calibrated_while_the_spread_comes_and_goes()
    {
        var monitor = new SeriesMonitor(Config);
        var (state, random) = (new float[monitor.StateLength], new Random(1));
        monitor.Initialize(state);
        var p = new List<double>();
        for (var t = 0; t < 100_000; t++)
        {
            double[] raw = [.. Config.Levels.Select(x => Normal.InvCDF(0, 1, x))];
            p.Add(monitor.Judge(state, Encoded, 1, raw, Normal.Sample(random, 0, 1.25 + Math.Sin(t / 300.0))).PValue);
        }

        Assert.InRange(p.Count(x => x < 0.01) / (double)p.Count, 0.006, 0.014);
        // Normal tails are lighter than those that are assumed: flags are rarer than promised, not more frequent.
        Assert.InRange(p.Count(x => x < 0.001) / (double)p.Count, 0.00005, 0.001);
        Assert.InRange(p.Count(x => x < 0.0001) / (double)p.Count, 0, 0.0003);
    }

    [Fact]
    public void A_jump_is_an_anomaly_and_a_lasting_rise_of_the_error_is_drift()
    {
        var monitor = new SeriesMonitor(Config);
        var (state, random) = (new float[monitor.StateLength], new Random(3));
        monitor.Initialize(state);
        var (anomalies, drifts) = (new List<int>(), new List<int>());
        for (var t = 0; t < 4000; t++)
        {
            double[] raw = [.. Config.Levels.Select(x => Normal.InvCDF(0, 1, x))];
            var y = Normal.Sample(random, 0, t < 3000 ? 1 : 4) + (t == 1500 ? 40 : 0);
            var verdict = monitor.Judge(state, Encoded, 1, raw, y);
            if (verdict.IsAnomaly) anomalies.Add(t);
            if (verdict.HasDrifted) drifts.Add(t);
        }

        Assert.Equal(1500, anomalies[0]);
        Assert.InRange(anomalies.Count(t => t < 3000), 1, 3);
        Assert.InRange(Assert.Single(drifts), 3001, 3100);
    }

    [Fact]
    public void A_missing_value_changes_nothing()
    {
        var monitor = new SeriesMonitor(Config, new MonitorOptions { AdaptationForgetting = 0.999 });
        var state = new float[monitor.StateLength];
        monitor.Initialize(state);
        monitor.Judge(state, Encoded, 1, [1, 2, 3, 4, 5], 4.5);
        var before = state.ToArray();
        var verdict = monitor.Judge(state, Encoded, 1, [1, 2, 3, 4, 5], double.NaN);
        Assert.Equal(before, state);
        Assert.True(double.IsNaN(verdict.PValue) && double.IsNaN(verdict.Score) && !verdict.IsAnomaly);
    }

    [Fact]
    public void Absurd_values_leave_finite_numbers()
    {
        var monitor = new SeriesMonitor(Config, new MonitorOptions { AdaptationForgetting = 0.99 });
        var state = new float[monitor.StateLength];
        monitor.Initialize(state);
        foreach (var y in (double[])[1e300, -1e300, 0, double.Epsilon, 1e12, -3])
        {
            Assert.InRange(monitor.Judge(state, Encoded, 1e-3, [0, 0, 0, 0, 0], y).PValue, 0, 1);
            Assert.All(state, x => Assert.True(float.IsFinite(x)));
        }
    }

    [Fact]
    public void Without_adaptation_it_keeps_less_than_two_hundred_bytes()
        => Assert.InRange(sizeof(float) * new SeriesMonitor(Config with { Quantiles = [.. Enumerable.Range(1, 9).Select(i => i / 10.0)] }).StateLength, 1, 200);

    [Fact]
    public void Options_out_of_range_are_named()
        => Assert.StartsWith("TailShape: 1.5", Assert.Throws<ArgumentException>(() => new SeriesMonitor(Config, new MonitorOptions { TailShape = 1.5 })).Message);

    [Fact]
    public void Judging_allocates_nothing()
    {
        var monitor = new SeriesMonitor(Config, new MonitorOptions { AdaptationForgetting = 0.999 });
        var state = new float[monitor.StateLength];
        monitor.Initialize(state);
        double[] raw = [1, 2, 3, 4, 5];
        monitor.Judge(state, Encoded, 1, raw, 2);
        Assert.Equal(0, Runtime.Tests.Allocations.Least(4, _ =>
        {
            for (var i = 0; i < 100; i++) monitor.Judge(state, Encoded, 1, raw, i);
        }));
    }
}
