using System.Runtime.InteropServices;
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
