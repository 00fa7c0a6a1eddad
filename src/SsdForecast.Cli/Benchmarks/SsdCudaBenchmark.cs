using System.Diagnostics;
using System.Globalization;
using SsdForecast.Cli.Fitting;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Output;
using SsdForecast.Torch.Cuda;
using SsdForecast.Torch.Ssd;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Cli.Benchmarks;

/// <summary>
/// Times the fused CUDA kernels of the SSD operator as a user gets them, autograd and launches included, on fixed shapes in bfloat16 (and one in float32), beside
/// what the device can do: bytes a second of a large copy and operations a second of a large matrix product, measured in the same run.
/// </summary>
internal static class SsdCudaBenchmark
{
    /// <summary>Runs that are timed together, so that the queue stays full.</summary>
    private const int Together = 20;

    private sealed record Shape(string Name, int Batch, int Length, int Heads, int HeadDim, int Groups, int StateSize, ScalarType Type = ScalarType.BFloat16)
    {
        private double Tokens => (double)Batch * Length * Heads;

        private double Element => Type == ScalarType.Float32 ? 4 : 2;

        /// <summary>Each input read once, each output written once.</summary>
        public double Bytes(bool backward)
        {
            var maps = 2.0 * Batch * Length * Groups * StateSize * Element;
            var forward = Tokens * ((2 * HeadDim * Element) + 4) + maps;
            return backward ? forward + (Tokens * ((3 * HeadDim * Element) + 8)) + (2 * maps) : forward;
        }

        /// <summary>Operations of the chunked algorithm with chunks of 64, of which causality leaves half inside a chunk.</summary>
        public double Operations(bool backward)
        {
            const double Chunk = 64;
            var forward = Tokens * ((Chunk * (StateSize + HeadDim)) + (4.0 * HeadDim * StateSize));
            return backward ? forward + (Tokens * ((2 * Chunk * HeadDim) + (10.0 * HeadDim * StateSize))) : forward;
        }
    }

    private static readonly Shape[] Shapes =
    [
        new("2.7B language layer", 4, 4096, 80, 64, 1, 128),
        new("patches", 2048, 64, 4, 64, 1, 64),
        new("windows", 256, 512, 8, 32, 1, 64),
        new("long", 32, 8192, 8, 64, 1, 64),
        new("DirectForecaster, ETTm1", 1792, 42, 16, 16, 1, 32),
        new("CausalForecaster", 16, 1024, 8, 16, 1, 32),
        new("CausalForecaster", 16, 1024, 8, 16, 1, 32, ScalarType.Float32),
    ];

    private sealed record Row(
        string Name, string Precision, int Batch, int Length, int Heads, int HeadDim, int Groups, int StateSize, double ForwardMilliseconds, double BothMilliseconds,
        double ForwardTeraflops, double BothTeraflops, double ForwardGigabytes, double BothGigabytes, double BytesFloorMilliseconds, double WorstError,
        int Compiled, double CompileSeconds, double LoadSeconds);

    public static int Execute(CommandHost host, int repeats, string? deviceName, bool json)
    {
        var device = new Device(Devices.Checked(deviceName));
        if (Driver.WhyNot is { } reason) throw CommandException.Work("benchmark ssd", reason);
        if (!KernelCompiler.IsAvailable) throw CommandException.Work("benchmark ssd", "no NVRTC is here; 'ssdf doctor' says where it is looked for");
        var (copy, product) = (CopyRate(device, repeats), ProductRate(device, repeats));
        var rows = new List<Row>();
        foreach (var shape in Shapes) rows.Add(Measure(shape, device, repeats, copy));
        var name = Driver.Devices[Math.Max(0, device.index)].Name;
        if (json)
        {
            ResultJson.Write(host.Out, new { Device = name, Compiler = KernelCompiler.Description, CopyGigabytesPerSecond = copy / 1e9, ProductTeraflops = product / 1e12, Rows = rows });
            return ExitCodes.Good;
        }
        host.Out.WriteLine($"{name}, {KernelCompiler.Description}: copies {copy / 1e12:F2} TB/s, bfloat16 products {product / 1e12:F0} TFLOP/s");
        var table = new TextTable("shape", "b, l, h, p, g, n", "dtype", "forward ms", "+ backward ms", "TFLOP/s", "of peak", "GB/s", "of copy", "worst error");
        foreach (var r in rows)
        {
            table.Add(
                r.Name, $"{r.Batch}, {r.Length}, {r.Heads}, {r.HeadDim}, {r.Groups}, {r.StateSize}", r.Precision, Text(r.ForwardMilliseconds, 3), Text(r.BothMilliseconds, 3),
                $"{Text(r.ForwardTeraflops, 0)} / {Text(r.BothTeraflops, 0)}", Numbers.Percent(r.BothTeraflops * 1e12 / product),
                $"{Text(r.ForwardGigabytes, 0)} / {Text(r.BothGigabytes, 0)}", Numbers.Percent(r.BothGigabytes * 1e9 / copy), r.WorstError.ToString("0.0e-0", CultureInfo.InvariantCulture));
        }
        table.Write(host);
        foreach (var r in rows.Where(r => r.Compiled > 0))
            host.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{r.Name}: {r.Compiled} kernels compiled in {r.CompileSeconds:F1} s"));
        var (compiled, loaded) = (rows.Sum(r => r.Compiled), KernelUse.SoFar.Loaded);
        host.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{loaded} kernels, {loaded - compiled} of them from disk: loaded in {rows.Sum(r => r.LoadSeconds):F2} s"));
        return ExitCodes.Good;
    }

    private static SsdInputs Inputs(Shape s, Device device)
    {
        manual_seed(1);
        Tensor Random(ScalarType type, params long[] shape) => randn(shape, device: device).to_type(type).detach().requires_grad_(true);
        return new SsdInputs
        {
            X = Random(s.Type, s.Batch, s.Length, s.Heads, s.HeadDim),
            Dt = (randn(s.Batch, s.Length, s.Heads, device: device) - 2).detach().requires_grad_(true),
            A = (-4 * rand(s.Heads, device: device) - 0.5).detach().requires_grad_(true),
            B = Random(s.Type, s.Batch, s.Length, s.Groups, s.StateSize),
            C = Random(s.Type, s.Batch, s.Length, s.Groups, s.StateSize),
            D = Random(ScalarType.Float32, s.Heads),
        };
    }

    private static Tensor[] Leaves(SsdInputs inputs) => [inputs.X, inputs.Dt, inputs.A, inputs.B, inputs.C, inputs.D!];

    /// <summary>The largest ‖Δ‖/‖reference‖ of outputs and gradients against the chunked form in float64, on a part of the shape.</summary>
    private static double WorstError(Shape shape, Device device)
    {
        using var scope = NewDisposeScope();
        var given = Inputs(shape with { Batch = Math.Min(2, shape.Batch), Length = Math.Min(500, shape.Length) }, device);
        Tensor Exact(Tensor t) => t.detach().to_type(ScalarType.Float64).requires_grad_(true);
        var exact = given with { X = Exact(given.X), Dt = Exact(given.Dt), A = Exact(given.A), B = Exact(given.B), C = Exact(given.C), D = Exact(given.D!) };
        var upstream = randn(given.X.shape, device: device).to_type(shape.Type);
        var options = new SsdOptions { DtSoftplus = true };
        var y = SsdOperator.Run(given, options with { Form = SsdForm.Kernel }).Y;
        var expected = SsdOperator.Run(exact, options with { Form = SsdForm.Chunked }).Y;
        y.backward([upstream]);
        expected.backward([upstream.to_type(ScalarType.Float64)]);
        using var _ = no_grad();
        double Error(Tensor a, Tensor e) => ((a.to_type(ScalarType.Float64) - e).norm() / e.norm()).cpu().item<double>();
        return Leaves(given).Zip(Leaves(exact)).Select(p => Error(p.First.grad!, p.Second.grad!)).Append(Error(y, expected)).Max();
    }

    private static Row Measure(Shape s, Device device, int repeats, double copy)
    {
        using var scope = NewDisposeScope();
        var before = KernelUse.SoFar;
        var inputs = Inputs(s, device);
        var options = new SsdOptions { Form = SsdForm.Kernel, DtSoftplus = true, FinalStates = false };
        var upstream = randn(inputs.X.shape, device: device).to_type(s.Type);
        var leaves = Leaves(inputs);
        var forward = Time(device, repeats, () =>
        {
            using var _ = no_grad();
            SsdOperator.Run(inputs, options).Y.Dispose();
        });
        var both = Time(device, repeats, () =>
        {
            using var pass = NewDisposeScope();
            foreach (var leaf in leaves) leaf.grad = null;
            SsdOperator.Run(inputs, options).Y.backward([upstream]);
        });
        var worst = WorstError(s, device);
        var use = KernelUse.SoFar;
        return new Row(
            s.Name, s.Type == ScalarType.Float32 ? "float32" : "bfloat16", s.Batch, s.Length, s.Heads, s.HeadDim, s.Groups, s.StateSize, forward * 1e3, both * 1e3,
            s.Operations(false) / forward / 1e12, s.Operations(true) / both / 1e12, s.Bytes(false) / forward / 1e9, s.Bytes(true) / both / 1e9, s.Bytes(true) / copy * 1e3, worst,
            use.Compiled - before.Compiled, (use.Compiling - before.Compiling).TotalSeconds, (use.Loading - before.Loading).TotalSeconds);
    }

    /// <summary>Bytes read and written a second by a copy of 4 GB.</summary>
    private static double CopyRate(Device device, int repeats)
    {
        using var scope = NewDisposeScope();
        var from = rand(1L << 30, device: device);
        var to = empty_like(from);
        return 8.0 * (1L << 30) / Time(device, repeats, () => to.copy_(from));
    }

    /// <summary>Operations a second of an 8192 × 8192 × 8192 product of random bfloat16 numbers.</summary>
    private static double ProductRate(Device device, int repeats)
    {
        const long Size = 8192;
        using var scope = NewDisposeScope();
        var (a, b) = (randn(Size, Size, device: device).to_type(ScalarType.BFloat16), randn(Size, Size, device: device).to_type(ScalarType.BFloat16));
        return 2.0 * Size * Size * Size / Time(device, repeats, () => matmul(a, b).Dispose());
    }

    /// <summary>Seconds of one run: the median over repeats of <see cref="Together"/> runs, after one repeat that pays for compilation and memory.</summary>
    private static double Time(Device device, int repeats, Action run)
    {
        var seconds = new List<double>();
        for (var repeat = -1; repeat < repeats; repeat++)
        {
            cuda.synchronize(device);
            var clock = Stopwatch.StartNew();
            for (var i = 0; i < Together; i++) run();
            cuda.synchronize(device);
            if (repeat >= 0) seconds.Add(clock.Elapsed.TotalSeconds / Together);
        }
        return seconds.Order().ElementAt(seconds.Count / 2);
    }

    private static string Text(double value, int digits) => value.ToString("F" + digits, CultureInfo.InvariantCulture);
}
