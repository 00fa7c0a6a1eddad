using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Training;

/// <summary>
/// Sums whose order of addition does not hang on the number of threads. On a CPU torch cuts a long sum to a single number into a piece a thread; a sum along
/// one axis it never cuts.
/// </summary>
internal static class InOrder
{
    /// <summary>The sum of all elements, a scalar.</summary>
    public static Tensor Sum(Tensor values)
    {
        if (values.device.type != DeviceType.CPU) return values.sum();
        while (values.dim() > 1) values = values.sum([-1L]);
        return values.sum();
    }
}
