using System.Diagnostics;
using SsdForecast.Torch.Host;
using SsdForecast.Torch.Ssd;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Cli.Benchmarks.Ssd;

/// <summary>
/// Measures the fused kernel beside the chunked form and the selective scan of torch operators, in one process and by turns, so that a machine that slows
/// down slows all of them.
/// </summary>
internal sealed class CpuSsdBenchmark(int repeats, int? chunkSize)
{
    /// <summary>Time that a form is given on a shape beyond its first runs; the slow ones run fewer times.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>In each turn a fast form runs for this long.</summary>
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(30);

    /// <summary>Runs before the first timed one: the JIT recompiles what is often called, but not at once.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(400);

    /// <summary>The most GFLOP/s of multiply-adds that was seen in this run.</summary>
    public double PeakGflops { get; private set; }

    /// <summary>Measures all forms on one shape.</summary>
    public SsdShapeResult Measure(SsdBenchmarkShape shape)
    {
        TorchHost.Prepare();
        Probe();
        using var scope = NewDisposeScope();
        var inputs = Inputs(shape);
        var upstream = randn(shape.Batch, shape.Length, shape.Heads, shape.HeadDim);
        var skipped = new List<string>();
        var scans = SsdContender.ScanTrials(shape);
        if (scans.Count == 0) skipped.Add($"{SsdContender.ScanName}: the states of a few positions do not fit in memory");
        var runners = new List<Runner> { new(SsdContender.Kernel, inputs, upstream) };
        runners.Add(Best(SsdContender.ChunkedTrials(shape, chunkSize), inputs, upstream));
        if (scans.Count > 0) runners.Add(Best(scans, inputs, upstream));

        foreach (var runner in runners) runner.Prepare(WarmUp);
        for (var turn = 0; turn < repeats; turn++)
            foreach (var runner in runners)
                if (turn == 0 || turn < Patience / runner.TypicalRun) runner.Take(Turn);
        Probe();
        return new SsdShapeResult(shape, [.. runners.Select(r => r.Result)], skipped);
    }

    /// <summary>Adds what follows from all measurements: ratios and parts of the peak.</summary>
    public IReadOnlyList<SsdShapeResult> Conclude(IReadOnlyList<SsdShapeResult> results) => [.. results.Select(Conclude)];

    private SsdShapeResult Conclude(SsdShapeResult result)
    {
        var chunked = result.Forms.Single(f => f.Form == SsdContender.ChunkedName);
        var (forward, training) = (SsdWork.Forward(result.Shape) / 1e6, SsdWork.Training(result.Shape) / 1e6);
        return result with
        {
            Forms = [.. result.Forms.Select(f => f with
            {
                ForwardRatio = chunked.ForwardMilliseconds / f.ForwardMilliseconds,
                TrainingRatio = chunked.TrainingMilliseconds / f.TrainingMilliseconds,
                ForwardGflops = forward / f.ForwardMilliseconds,
                ForwardPeakShare = forward / f.ForwardMilliseconds / PeakGflops,
                TrainingGflops = training / f.TrainingMilliseconds,
                TrainingPeakShare = training / f.TrainingMilliseconds / PeakGflops,
            })],
        };
    }

    private void Probe() => PeakGflops = Math.Max(PeakGflops, FmaPeak.Measure());

    private static SsdInputs Inputs(SsdBenchmarkShape s)
    {
        manual_seed(1);
        Tensor Leaf(Tensor t) => t.detach().requires_grad_(true);
        return new SsdInputs
        {
            X = Leaf(randn(s.Batch, s.Length, s.Heads, s.HeadDim)),
            Dt = Leaf(rand(s.Batch, s.Length, s.Heads) * 0.1),
            A = Leaf(-rand(s.Heads) - 0.5),
            B = Leaf(randn(s.Batch, s.Length, 1, s.StateSize)),
            C = Leaf(randn(s.Batch, s.Length, 1, s.StateSize)),
            D = Leaf(ones(s.Heads)),
        };
    }

    /// <summary>The contender whose forward and backward pass takes the least time, each tried once after a first run of the first.</summary>
    private static Runner Best(IReadOnlyList<SsdContender> trials, SsdInputs inputs, Tensor upstream)
    {
        var runners = trials.Select(t => new Runner(t, inputs, upstream)).ToList();
        if (runners.Count == 1) return runners[0];
        runners[0].Train();
        return runners.MinBy(r => r.Train())!;
    }

    /// <summary>Runs and times one contender.</summary>
    private sealed class Runner(SsdContender contender, SsdInputs inputs, Tensor upstream)
    {
        private readonly List<TimeSpan> _forward = [];
        private readonly List<TimeSpan> _training = [];
        private long? _peak;

        /// <summary>Forward, and forward and backward, together: what a turn costs at least.</summary>
        public TimeSpan TypicalRun { get; private set; }

        public SsdMeasurement Result => new(contender.Form, contender.Detail, Median(_forward), Median(_training), _peak, _training.Count);

        /// <summary>Measures memory, then runs untimed until the code is compiled as it will be.</summary>
        public void Prepare(TimeSpan atLeast)
        {
            _peak = PeakMemory.Of(() => Train());
            var clock = Stopwatch.StartNew();
            do TypicalRun = Forward() + Train();
            while (clock.Elapsed < atLeast);
        }

        /// <summary>One timed run of each kind, or as many as the time allows. A fast form first runs once untimed: others have just had the caches.</summary>
        public void Take(TimeSpan atLeast)
        {
            if (TypicalRun < 4 * atLeast) Train();
            for (var clock = Stopwatch.StartNew(); ;)
            {
                _forward.Add(Forward());
                _training.Add(Train());
                if (clock.Elapsed > atLeast) return;
            }
        }

        public TimeSpan Forward()
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            var clock = Stopwatch.GetTimestamp();
            contender.Run(inputs);
            return Stopwatch.GetElapsedTime(clock);
        }

        public TimeSpan Train()
        {
            using var scope = NewDisposeScope();
            foreach (var leaf in (Tensor[])[inputs.X, inputs.Dt, inputs.A, inputs.B, inputs.C, inputs.D!]) leaf.grad = null;
            var clock = Stopwatch.GetTimestamp();
            contender.Run(inputs).backward([upstream]);
            return Stopwatch.GetElapsedTime(clock);
        }

        private static double Median(List<TimeSpan> times) => times.Order().ElementAt(times.Count / 2).TotalMilliseconds;
    }
}
