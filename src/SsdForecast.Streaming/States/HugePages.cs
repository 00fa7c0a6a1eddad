using System.Runtime.InteropServices;

namespace SsdForecast.Streaming;

/// <summary>
/// Asks Linux to back memory by pages of 2 MB where it can: with states by the gigabyte the processor would else spend its time finding pages.
/// A wish and no more; elsewhere, and where it is refused, nothing happens.
/// </summary>
internal static partial class HugePages
{
    private const nuint Size = 2 << 20;
    private const int AdviseHugePage = 14;

    /// <summary>For the whole pages within a range.</summary>
    public static void Ask(nuint address, long bytes)
    {
        if (!OperatingSystem.IsLinux()) return;
        var (first, end) = ((address + Size - 1) / Size * Size, (address + (nuint)bytes) / Size * Size);
        if (end <= first) return;
        try
        {
            _ = Advise(first, end - first, AdviseHugePage);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // A Linux without that function.
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nuint address, nuint length, int advice);
}
