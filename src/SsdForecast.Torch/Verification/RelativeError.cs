using static TorchSharp.torch;

namespace SsdForecast.Torch.Verification;

/// <summary>Relative errors between tensors.</summary>
internal static class RelativeError
{
    /// <summary><c>‖actual − expected‖ / ‖expected‖</c> in float64; the absolute norm where nothing is expected; infinite for numbers that are not finite.</summary>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    public static double Of(Tensor actual, Tensor expected)
    {
        if (!actual.shape.AsSpan().SequenceEqual(expected.shape))
            throw new ArgumentException($"shape ({string.Join(", ", actual.shape)}), where ({string.Join(", ", expected.shape)}) is expected", nameof(actual));
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var (a, b) = (actual.cpu().to_type(ScalarType.Float64), expected.cpu().to_type(ScalarType.Float64));
        if (!a.isfinite().all().item<bool>()) return double.PositiveInfinity;
        var size = b.norm().item<double>();
        var difference = (a - b).norm().item<double>();
        return size == 0 ? difference : difference / size;
    }
}
