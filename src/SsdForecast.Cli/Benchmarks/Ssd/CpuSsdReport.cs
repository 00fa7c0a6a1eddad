using System.Globalization;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Output;
using static TorchSharp.torch;

namespace SsdForecast.Cli.Benchmarks.Ssd;

/// <summary>Runs the benchmark on shapes and tells of it.</summary>
internal static class CpuSsdReport
{
    /// <summary>What is measured unless a shape is given: many short sequences, longer ones with a large state, very many very short ones, one very long one.</summary>
    public static IReadOnlyList<SsdBenchmarkShape> Shapes { get; } =
    [
        new(32, 512, 4, 32, 32, 0),
        new(8, 2048, 8, 64, 64, 0),
        new(256, 64, 4, 32, 16, 0),
        new(1, 65536, 8, 32, 32, 0),
    ];

    public static int Execute(CommandHost host, IReadOnlyList<SsdBenchmarkShape> shapes, int repeats, int? chunkSize, bool json)
    {
        var benchmark = new CpuSsdBenchmark(repeats, chunkSize);
        var results = Measure(host, benchmark, shapes);
        if (json) WriteJson(host, benchmark, results);
        else Write(host, benchmark, results);
        return ExitCodes.Good;
    }

    internal static IReadOnlyList<SsdShapeResult> Measure(CommandHost host, CpuSsdBenchmark benchmark, IReadOnlyList<SsdBenchmarkShape> shapes)
    {
        var results = new List<SsdShapeResult>();
        foreach (var shape in shapes)
        {
            if (host.DrawsProgress) host.Note($"{Text(shape)} …");
            results.Add(benchmark.Measure(shape));
        }
        return benchmark.Conclude(results);
    }

    internal static void WriteJson(CommandHost host, CpuSsdBenchmark benchmark, IReadOnlyList<SsdShapeResult> results) => ResultJson.Write(host.Out, new
    {
        Device = "cpu",
        Threads = get_num_threads(),
        FmaPeakGflops = benchmark.PeakGflops,
        Shapes = results.Select(r => new { r.Shape.Batch, r.Shape.Length, r.Shape.Heads, r.Shape.HeadDim, r.Shape.StateSize, ValueBytes = ValueBytes(r.Shape), r.Forms, r.Skipped }),
    });

    internal static void Write(CommandHost host, CpuSsdBenchmark benchmark, IReadOnlyList<SsdShapeResult> results)
    {
        host.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"SSD operator, float32 on {get_num_threads()} CPU threads; peak of multiply-adds measured in this run: {benchmark.PeakGflops:F0} GFLOP/s"));
        var table = new TextTable("b,l,h,p,n", "form", "forward ms", "ratio", "forward+backward ms", "ratio", "GFLOP/s", "of peak", "GFLOP/s f+b", "of peak", "peak MiB", "in x");
        foreach (var result in results)
            foreach (var f in result.Forms)
            {
                table.Add(
                    Text(result.Shape), f.Detail.Length == 0 ? f.Form : $"{f.Form}, {f.Detail}",
                    Numbers.Score(f.ForwardMilliseconds), Ratio(f.ForwardRatio), Numbers.Score(f.TrainingMilliseconds), Ratio(f.TrainingRatio),
                    Numbers.Score(f.ForwardGflops), Numbers.Percent(f.ForwardPeakShare), Numbers.Score(f.TrainingGflops), Numbers.Percent(f.TrainingPeakShare),
                    f.PeakBytes is { } bytes ? (bytes / 1048576.0).ToString("F1", CultureInfo.InvariantCulture) : "–",
                    f.PeakBytes is { } peak ? Ratio((double)peak / ValueBytes(result.Shape)) : "–");
            }
        table.Write(host);
        foreach (var line in results.SelectMany(r => r.Skipped.Select(s => $"{Text(r.Shape)}: {s}"))) host.Out.WriteLine(line);
        host.Out.WriteLine("ratio: times as fast as torch chunked at its best chunk length. GFLOP/s: 4·n·p a position and head forward, 12·n·p with backward, whatever a form does besides.");
        host.Out.WriteLine("peak: most memory beyond the inputs in forward and backward, gradients included, and that in sizes of x (b·l·h·p numbers); the kernel's is O(b·l·h·p).");
    }

    internal static string Text(SsdBenchmarkShape s) => string.Create(CultureInfo.InvariantCulture, $"{s.Batch},{s.Length},{s.Heads},{s.HeadDim},{s.StateSize}");

    private static string Ratio(double value) => value.ToString("F2", CultureInfo.InvariantCulture);

    private static long ValueBytes(SsdBenchmarkShape s) => 4L * s.Batch * s.Length * s.Heads * s.HeadDim;
}
