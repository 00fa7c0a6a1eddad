using System.Globalization;
using SsdForecast.Cli.Hosting;
using SsdForecast.Reports;

namespace SsdForecast.Cli.Benchmarks.Ssd;

/// <summary>Time against the state size at a fixed number of values, as the right half of Figure 10 in Dao and Gu 2024 (arXiv 2405.21060) has it for a GPU.</summary>
internal static class StateExpansion
{
    private static readonly int[] StateSizes = [16, 32, 64, 128, 256];

    private static readonly (string Form, string Name, Tone Tone)[] Lines =
    [
        (SsdContender.ScanName, "selective scan, torch operators", Tone.Vermilion),
        (SsdContender.ChunkedName, "chunked SSD, torch operators", Tone.Green),
        (SsdContender.KernelName, "SSD kernel", Tone.Blue),
    ];

    /// <summary>Measures, prints and, if <paramref name="picture"/> is a path, draws.</summary>
    /// <param name="shape">Its state size is not used.</param>
    public static int Execute(CommandHost host, SsdBenchmarkShape shape, int repeats, int? chunkSize, string? picture, bool json)
    {
        var benchmark = new CpuSsdBenchmark(repeats, chunkSize);
        var results = CpuSsdReport.Measure(host, benchmark, [.. StateSizes.Select(n => shape with { StateSize = n })]);
        if (picture is not null) SvgRenderer.Write(Draw(shape, results), picture);
        if (json) CpuSsdReport.WriteJson(host, benchmark, results);
        else CpuSsdReport.Write(host, benchmark, results);
        if (picture is not null && !json) host.Out.WriteLine($"drawn to {picture}");
        return ExitCodes.Good;
    }

    /// <summary>The picture: both axes logarithmic, the horizontal one by its steps of two.</summary>
    internal static Chart Draw(SsdBenchmarkShape shape, IReadOnlyList<SsdShapeResult> results)
    {
        var layers = new List<Layer>();
        foreach (var (form, name, tone) in Lines)
        {
            double[] x = [.. Enumerable.Range(0, results.Count)];
            double[] y = [.. results.Select(r => r.Forms.FirstOrDefault(f => f.Form == form)?.TrainingMilliseconds ?? double.NaN)];
            layers.Add(new LineLayer(name, x, y, tone));
            layers.Add(new PointLayer(null, x, y, tone) { Radius = 3.5 });
        }
        return new Chart
        {
            Title = "Time of forward and backward against state size",
            Subtitle = string.Create(CultureInfo.InvariantCulture, $"{(shape.Batch == 1 ? "one sequence" : $"{shape.Batch} sequences")} of {shape.Length:N0} positions, {shape.Heads} heads of {shape.HeadDim}; float32 on {TorchSharp.torch.get_num_threads()} CPU threads"),
            X = Axis.Category([.. results.Select(r => r.Shape.StateSize.ToString(CultureInfo.InvariantCulture))], "state size n, numbers a channel"),
            Y = Axis.Number("forward and backward", "ms") with { Log = true },
            Layers = layers,
        };
    }
}
