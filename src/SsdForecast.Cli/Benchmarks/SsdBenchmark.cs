using System.Diagnostics;
using System.Globalization;
using SsdForecast.Cli.Fitting;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Output;
using SsdForecast.Torch.Ssd;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Cli.Benchmarks;

/// <summary>The shape of a run: batch, length, heads, head dimension, state size, chunk length.</summary>
internal sealed record SsdBenchmarkShape(int Batch, int Length, int Heads, int HeadDim, int StateSize, int ChunkSize);

/// <summary>Times the forms of the operator on a GPU, on the same operands, one after another in each repeat, so that a machine that slows down slows all of
/// them. For a CPU see <see cref="Ssd.CpuSsdBenchmark"/>.</summary>
internal static class SsdBenchmark
{
    private sealed record Timing(string Form, double ForwardMilliseconds, double TrainingMilliseconds, double Ratio);

    public static int Execute(CommandHost host, SsdBenchmarkShape shape, int repeats, string? deviceName, bool json)
    {
        var device = new Device(Devices.Checked(deviceName));
        // Masked attention keeps an l × l matrix a head; beyond this it would tell of memory and not of time.
        var quadratic = (long)shape.Batch * shape.Heads * shape.Length * shape.Length <= 1L << 28;
        SsdForm[] forms = [SsdForm.Recurrent, SsdForm.Chunked, .. quadratic ? [SsdForm.Quadratic] : Array.Empty<SsdForm>()];
        var forward = forms.ToDictionary(f => f, _ => new List<double>());
        var training = forms.ToDictionary(f => f, _ => new List<double>());
        using (var scope = NewDisposeScope())
        {
            var inputs = Inputs(shape, device);
            for (var run = -1; run < repeats; run++)
                foreach (var form in forms)
                {
                    var (first, both) = Time(inputs, new SsdOptions { Form = form, ChunkSize = shape.ChunkSize }, device);
                    // The first run pays for compilation and memory.
                    if (run < 0) continue;
                    forward[form].Add(first);
                    training[form].Add(both);
                }
        }
        var chunked = Median(training[SsdForm.Chunked]);
        Tell(host, shape, device, [.. forms.Select(f => new Timing(f.ToString().ToLowerInvariant(), Median(forward[f]), Median(training[f]), chunked / Median(training[f])))], json);
        return ExitCodes.Good;
    }

    private static SsdInputs Inputs(SsdBenchmarkShape s, Device device)
    {
        manual_seed(1);
        Tensor Leaf(Tensor t) => t.detach().requires_grad_(true);
        return new SsdInputs
        {
            X = Leaf(randn(s.Batch, s.Length, s.Heads, s.HeadDim, device: device)),
            Dt = Leaf(rand(s.Batch, s.Length, s.Heads, device: device) * 0.1),
            A = Leaf(-rand(s.Heads, device: device) - 0.5),
            B = Leaf(randn(s.Batch, s.Length, 1, s.StateSize, device: device)),
            C = Leaf(randn(s.Batch, s.Length, 1, s.StateSize, device: device)),
            D = Leaf(ones(s.Heads, device: device)),
        };
    }

    private static (double Forward, double Both) Time(SsdInputs inputs, SsdOptions options, Device device)
    {
        using var scope = NewDisposeScope();
        foreach (var leaf in (Tensor[])[inputs.X, inputs.Dt, inputs.A, inputs.B, inputs.C, inputs.D!]) leaf.grad = null;
        Synchronize(device);
        var clock = Stopwatch.StartNew();
        var y = SsdOperator.Run(inputs, options).Y;
        Synchronize(device);
        var first = clock.Elapsed.TotalMilliseconds;
        y.sum().backward();
        Synchronize(device);
        return (first, clock.Elapsed.TotalMilliseconds);
    }

    private static void Synchronize(Device device)
    {
        if (device.type == DeviceType.CUDA) cuda.synchronize(device);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static void Tell(CommandHost host, SsdBenchmarkShape shape, Device device, IReadOnlyList<Timing> timings, bool json)
    {
        if (json)
        {
            ResultJson.Write(host.Out, new { Device = device.ToString(), Shape = shape, Timings = timings });
            return;
        }
        host.Out.WriteLine($"SSD operator, float32 on {device}: batch {shape.Batch}, length {shape.Length}, {shape.Heads} heads of {shape.HeadDim}, state {shape.StateSize}, chunks of {shape.ChunkSize}");
        var table = new TextTable("form", "forward ms", "forward + backward ms", "times as fast as chunked");
        foreach (var t in timings) table.Add(t.Form, Text(t.ForwardMilliseconds), Text(t.TrainingMilliseconds), Text(t.Ratio));
        table.Write(host);
    }

    private static string Text(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
}
