using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Output;
using SsdForecast.Reports;

namespace SsdForecast.Cli.Diagnostics;

/// <summary>Looks at the machine.</summary>
internal static class Doctor
{
    public static int Execute(CommandHost host, bool json)
    {
        List<Finding> findings = [.. Machine(), Torch(), .. Cuda(), Png(), Data()];
        if (json)
        {
            ResultJson.Write(host.Out, findings);
            return ExitCodes.Good;
        }
        var width = findings.Max(f => f.What.Length);
        foreach (var f in findings) host.Out.WriteLine($"{(f.Found ? "ok     " : "missing")}  {f.What.PadRight(width)}  {f.Detail}");
        return ExitCodes.Good;
    }

    private static IEnumerable<Finding> Machine()
    {
        yield return new(".NET", true, $"{RuntimeInformation.FrameworkDescription} at {RuntimeEnvironment.GetRuntimeDirectory().TrimEnd('/')}");
        yield return new("system", true, $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}, {Environment.ProcessorCount} processors, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1 << 20)} MB of memory");
        var features = new List<string>();
        if (Vector128.IsHardwareAccelerated) features.Add("128");
        if (Vector256.IsHardwareAccelerated) features.Add("256");
        if (Vector512.IsHardwareAccelerated) features.Add("512");
        var detail = features.Count > 0 ? $"vectors of {string.Join(", ", features)} bits" : "none: the kernels run without vectors, several times slower";
        if (Fma.IsSupported) detail += ", FMA";
        if (Avx512F.IsSupported) detail += ", AVX-512";
        yield return new("CPU features", features.Count > 0, detail);
    }

    private static Finding Torch()
    {
        const string Without = "stream, datasets and reports of CSV files work without it; Debian: apt-get install libtorch-dev libopenblas0-pthread g++, or set LIBTORCH to the folder of an installed PyTorch";
        try
        {
            return TorchProbe.Describe();
        }
        catch (Exception e)
        {
            var cause = e;
            while (cause is TypeInitializationException or System.Reflection.TargetInvocationException && cause.InnerException is not null) cause = cause.InnerException;
            return new("libtorch", false, $"{Failures.Brief(cause).ReplaceLineEndings(" ").TrimEnd('.')}; {Without}");
        }
    }

    private static IEnumerable<Finding> Cuda()
    {
        Finding? found;
        try
        {
            found = TorchProbe.DescribeCuda();
        }
        catch (Exception)
        {
            // The line on libtorch has told why.
            found = null;
        }
        yield return found ?? new("CUDA", false, "everything works on the CPU; a GPU host with PyTorch is served by 'ssdf bundle'");
        if (found is not null) yield return TorchProbe.DescribeKernels();
    }

    private static Finding Png() => PngRenderer.IsAvailable
        ? new("PNG", true, "librsvg, cairo and fonts")
        : new("PNG", false, "reports are HTML and SVG without it; Debian: apt-get install librsvg2-2 fonts-dejavu-core");

    private static Finding Data() => ProgramFolders.Datasets is { } folder
        ? new("data sets", true, folder)
        : new("data sets", false, "'ssdf demo' needs them; run from a checkout or a bundle");
}
