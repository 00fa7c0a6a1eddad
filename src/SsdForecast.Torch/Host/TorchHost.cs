using System.Runtime.InteropServices;
using SsdForecast.Runtime.Kernels;

namespace SsdForecast.Torch.Host;

/// <summary>Makes torch's operators and this project's CPU kernels good neighbours in one process: the same threads, and memory that stays.</summary>
public static class TorchHost
{
    private const int TrimThreshold = -1;
    private const int MapThreshold = -3;

    /// <summary>Size from which on a block is mapped anew each time, bytes.</summary>
    private const int LargestKept = 1 << 30;

    private static readonly Lazy<bool> Done = new(() =>
    {
        if (OpenMpTeam.Find() is { } team) ThreadTeam.Current = team;
        KeepFreedMemory();
        return true;
    });

    /// <summary>
    /// Does so, once; the first kernel that runs on a tensor calls it too. It lends torch's OpenMP threads to the kernels, and tells glibc's malloc to keep
    /// what is freed for the next step, but for blocks over 1 GiB, unless the environment sets malloc's thresholds already (<c>MALLOC_…</c>,
    /// <c>GLIBC_TUNABLES</c>). The process then stays as large as it was at its peak, as one that trains on a GPU does there.
    /// </summary>
    /// <remarks>
    /// Torch's CPU allocator gives every tensor straight back to malloc, and malloc every large block to the kernel, whose zeroing of fresh pages takes longer
    /// than the SSD operator: forward on (8, 2048, 8, 64, 64) took 30 ms, 9 of them the operator.
    /// </remarks>
    public static void Prepare() => _ = Done.Value;

    private static void KeepFreedMemory()
    {
        string[] settings = ["MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TOP_PAD_", "GLIBC_TUNABLES"];
        if (!OperatingSystem.IsLinux() || settings.Any(s => Environment.GetEnvironmentVariable(s) is not null)) return;
        try
        {
            _ = mallopt(MapThreshold, LargestKept);
            _ = mallopt(TrimThreshold, -1);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library, which has its own way.
        }
    }

    [DllImport("libc")]
    private static extern int mallopt(int parameter, int value);
}
