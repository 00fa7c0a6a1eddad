using System.Runtime.InteropServices;

namespace SsdForecast.Torch.Cuda;

/// <summary>The argument of <c>Kernels/ssd_head_sums.cu</c>, field for field.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct HeadSums
{
    public nint Sums;
    public nint GradA, GradBias, GradD;
    public long Rows;

    /// <summary>The kernel; there is one for all problems.</summary>
    public static KernelVariant Variant { get; } = new("ssd_head_sums", new Dictionary<string, int>(), 0);
}
