using System.Numerics.Tensors;

namespace SsdForecast.Runtime;

/// <summary>The linear map of the window, <c>s_h = μ + W_h (w (f − μ)) + K_h known</c>.</summary>
internal sealed class SkipMap
{
    private readonly int _lookback;
    private readonly int _known;
    private readonly float[] _weight;
    private readonly float[] _knownWeight;
    private readonly double[] _firstSums;

    public SkipMap(ModelConfig config, Safetensors weights)
    {
        _lookback = config.Lookback;
        _known = config.Horizon * config.KnownCovariates;
        _weight = weights.Float32("skip.weight", config.Horizon, config.Lookback);
        _knownWeight = _known == 0 ? [] : weights.Float32("skip.known", config.Horizon, _known);
        _firstSums = new double[_lookback + 1];
        for (var k = 1; k <= _lookback; k++) _firstSums[k] = _firstSums[k - 1] + _weight[_lookback - k];
    }

    /// <summary>The sum of <c>W_0</c> over the window's newest <paramref name="count"/> values.</summary>
    public double FirstSum(int count) => _firstSums[count];

    /// <summary><c>s_h</c>.</summary>
    /// <param name="h">Lead time, from 0.</param>
    /// <param name="mean"><c>μ_t</c>.</param>
    /// <param name="deviations"><c>f − μ</c> of the values of weight 1, which are the window's newest.</param>
    /// <param name="known">Scaled known covariates, <c>(H, n_known)</c>.</param>
    public double At(int h, double mean, ReadOnlySpan<float> deviations, ReadOnlySpan<float> known)
    {
        var row = _weight.AsSpan((h * _lookback) + _lookback - deviations.Length, deviations.Length);
        var skip = mean + TensorPrimitives.Dot(row, deviations);
        return _known == 0 ? skip : skip + TensorPrimitives.Dot(_knownWeight.AsSpan(h * _known, _known), known);
    }
}
