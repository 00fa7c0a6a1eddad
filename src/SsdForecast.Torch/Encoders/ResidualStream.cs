using SsdForecast.Torch.Blocks;
using SsdForecast.Torch.Cuda.Blocks;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Encoders;

/// <summary>
/// The residual stream on its way through the layers: each adds its output, and gets the normed sum. On CUDA one launch a layer (<see cref="ResidualNorm"/>), with
/// dropout that draws from a seed taken from torch's generator; else torch's operators.
/// </summary>
/// <param name="x">The stream before the first layer, <c>(b, l, d_model)</c>, float32 or float64.</param>
/// <param name="fused">Whether the fused kernels are taken where they apply.</param>
/// <param name="dropout">Dropout on the layers' outputs, in [0, 1).</param>
internal sealed class ResidualStream(Tensor x, bool fused, double dropout)
{
    private Tensor _x = x;
    private ulong? _seed;

    /// <summary>The normed stream.</summary>
    /// <param name="norm">The norm.</param>
    /// <param name="type">Type of the result.</param>
    public Tensor Normed(RmsNorm norm, ScalarType type)
        => fused && ResidualNorm.Applies(_x, norm.Weight) && HasKernel(type)
            ? ResidualNorm.Norm(_x, norm.Weight, norm.Epsilon, type)
            : (fused ? norm.forward(_x) : norm.Plain(_x)).to_type(type);

    /// <summary>Adds a layer's output to the stream.</summary>
    /// <param name="y">The output, the stream's shape.</param>
    /// <param name="norm">Norm of the sum.</param>
    /// <param name="type">Type of the normed sum.</param>
    /// <returns>The normed sum.</returns>
    public Tensor Add(Tensor y, RmsNorm norm, ScalarType type)
    {
        if (fused && ResidualNorm.Applies(_x, norm.Weight) && HasKernel(y.dtype) && (type == y.dtype || type == ScalarType.Float32))
        {
            (_x, var normed) = ResidualNorm.Add(_x, y, norm.Weight, norm.Epsilon, type, dropout, dropout > 0 ? NextSeed() : 0);
            return normed;
        }
        y = y.to_type(_x.dtype);
        _x = _x + (dropout > 0 ? nn.functional.dropout(y, dropout, training: true) : y);
        return Normed(norm, type);
    }

    private static bool HasKernel(ScalarType type) => type is ScalarType.BFloat16 or ScalarType.Float16 or ScalarType.Float32;

    /// <summary>Drawn on the host once a pass: nothing waits for the device, and <c>manual_seed</c> decides it.</summary>
    private ulong NextSeed()
    {
        if (_seed is { } seed)
        {
            _seed = seed + 1;
        }
        else
        {
            using var drawn = randint(long.MaxValue, [1], dtype: ScalarType.Int64);
            _seed = (ulong)drawn.item<long>();
        }
        return _seed.Value;
    }
}
