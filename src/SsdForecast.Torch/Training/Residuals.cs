using static TorchSharp.torch;

namespace SsdForecast.Torch.Training;

/// <summary>Targets less offsets, in units of σ.</summary>
/// <param name="Errors"><c>(N, H, Q)</c>.</param>
/// <param name="Mask">1 where the target counts, <c>(N, H)</c>.</param>
internal sealed record Residuals(Tensor Errors, Tensor Mask) : IDisposable
{
    public void Dispose()
    {
        Errors.Dispose();
        Mask.Dispose();
    }
}
