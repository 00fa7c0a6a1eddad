using System.Globalization;
using System.Runtime.InteropServices;

namespace SsdForecast.Cli.Benchmarks.Ssd;

/// <summary>How much memory an action takes at its peak, as the Linux kernel counts the pages of this process.</summary>
internal static class PeakMemory
{
    /// <summary>Bytes above what was in use before; null where the system does not tell. Memory that an earlier action freed but kept is given back first.</summary>
    public static long? Of(Action action)
    {
        if (!OperatingSystem.IsLinux()) return Without(action);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        try
        {
            _ = malloc_trim(0);
            // 5 sets the peak (VmHWM) back to what is in use now; see proc(5).
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EntryPointNotFoundException)
        {
            return Without(action);
        }
        var before = Status("VmRSS:");
        action();
        // The kernel counts pages roughly, and other threads give some back meanwhile: a small action can end below where it began.
        return Status("VmHWM:") - before is { } above ? Math.Max(0, above) : null;
    }

    /// <summary>Memory that could be had without swapping, bytes; unbounded where the system does not tell.</summary>
    public static long Available => OperatingSystem.IsLinux() ? Line("/proc/meminfo", "MemAvailable:") ?? long.MaxValue : long.MaxValue;

    private static long? Without(Action action)
    {
        action();
        return null;
    }

    private static long? Status(string key) => Line("/proc/self/status", key);

    private static long? Line(string file, string key)
    {
        var line = File.ReadLines(file).FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal));
        return line is null ? null : 1024 * long.Parse(line[key.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }

    [DllImport("libc")]
    private static extern int malloc_trim(nuint pad);
}
