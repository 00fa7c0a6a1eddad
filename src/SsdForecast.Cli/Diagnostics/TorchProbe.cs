using System.Runtime.InteropServices;
using SsdForecast.Torch.Cuda;
using TorchSharp;

namespace SsdForecast.Cli.Diagnostics;

/// <summary>Looks at libtorch. Apart from the rest, so that without torch only these methods fail.</summary>
internal static class TorchProbe
{
    public static Finding Describe()
    {
        torch.InitializeDeviceType(DeviceType.CPU);
        using var one = torch.ones(1);
        var backend = typeof(torch).Assembly.GetName();
        return new("libtorch", true, $"{Library() ?? "loaded"}, by {backend.Name} (version {torch.__version__}), {torch.get_num_threads()} threads");
    }

    public static Finding? DescribeCuda()
    {
        if (!torch.cuda.is_available()) return null;
        return new("CUDA", true, $"{torch.cuda.device_count()} devices");
    }

    /// <summary>Whether the fused kernels run, and why not.</summary>
    public static Finding DescribeKernels()
    {
        const string Otherwise = "on CUDA torch's operators answer, several times slower";
        if (Driver.WhyNot is { } reason) return new("CUDA kernels", false, $"{reason}; the CPU has its own");
        if (!KernelCompiler.IsAvailable) return new("CUDA kernels", false, $"no NVRTC (libnvrtc.so.13, .12 or .11.2) is beside libtorch or in the system; {Otherwise}");
        var devices = Driver.Devices.GroupBy(d => (d.Name, d.Architecture)).Select(g => $"{g.Count()} × {g.Key.Name} ({g.Key.Architecture / 10}.{g.Key.Architecture % 10})");
        return new("CUDA kernels", true, $"{string.Join(", ", devices)}, {KernelCompiler.Description}");
    }

    /// <summary>The file that was loaded; its name ends in the version on distributions.</summary>
    private static string? Library()
    {
        if (!OperatingSystem.IsLinux()) return null;
        var path = File.ReadLines("/proc/self/maps").Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(p => p.Length > 5 && p[5].Contains("libtorch_cpu", StringComparison.Ordinal)).Select(p => p[5]).FirstOrDefault();
        if (path is null) return null;
        // PyTorch keeps its version in a file beside.
        var version = Path.Combine(Path.GetDirectoryName(path)!, "..", "version.py");
        var line = File.Exists(version) ? File.ReadLines(version).FirstOrDefault(l => l.StartsWith("__version__", StringComparison.Ordinal)) : null;
        return line is null ? path : $"{path} (PyTorch {line.Split('\'', '"').ElementAtOrDefault(1)})";
    }
}
