using System.Numerics.Tensors;

namespace SsdForecast.Streaming;

/// <summary>
/// Adapts the head to one series while it streams: recursive least squares with forgetting on the encoder's output, for the shift of the next
/// forecast in units of <c>σ_t</c>.
/// </summary>
/// <remarks>
/// <para>
/// The covariance is kept as a square root <c>S</c>, <c>P = S Sᵀ</c>, by Potter's update (Bierman 1977, chapter V), so that it stays positive in float32 however long
/// the stream. Forgetting stops where the covariance would grow beyond its start: directions that a series does not visit do not wind up.
/// </para>
/// <para>
/// Bounded: the shift is cut at ±bound. Reversible: the trained head is not touched, both losses are tracked, and the shift is applied only while it has
/// made the forecasts better.
/// </para>
/// </remarks>
/// <param name="width">d_model.</param>
/// <param name="forgetting">λ in (0.9, 1].</param>
/// <param name="bound">The furthest shift, in units of σ_t.</param>
public sealed class HeadAdapter(int width, double forgetting, double bound)
{
    // The start of P: so much per unit of squared shift that a few hundred events outweigh the zero that the weights start from.
    private const float Prior = 0.1f;
    private const float LossRate = 0.01f;
    private const double Cut = 10;
    private readonly int _features = width + 1;

    /// <summary>Floats of a series' adaptation.</summary>
    public int StateLength => (_features * _features) + _features + 2;

    /// <summary>The start: no shift.</summary>
    public void Initialize(Span<float> state)
    {
        state.Clear();
        for (var i = 0; i < _features; i++) state[(i * _features) + i] = MathF.Sqrt(Prior / _features);
    }

    /// <summary>The shift of the forecast that follows <paramref name="encoded"/>, in units of σ_t; 0 while adaptation has not paid.</summary>
    public double Shift(ReadOnlySpan<float> state, ReadOnlySpan<float> encoded)
    {
        var losses = Losses(state);
        return losses[1] < losses[0] ? Raw(state, encoded) : 0;
    }

    /// <summary>Learns from an error.</summary>
    /// <param name="state">Changed.</param>
    /// <param name="encoded">The encoder's output from which the forecast was made.</param>
    /// <param name="error">Value minus the unshifted median, in units of σ_t.</param>
    public void Update(Span<float> state, ReadOnlySpan<float> encoded, double error)
    {
        // One absurd value must not outweigh all others.
        error = Math.Clamp(error, -Cut, Cut);
        var before = Raw(state, encoded);
        var losses = state[^2..];
        losses[0] += LossRate * (float)(Math.Abs(error) - losses[0]);
        losses[1] += LossRate * (float)(Math.Abs(error - before) - losses[1]);

        Span<float> features = stackalloc float[_features];
        Span<float> f = stackalloc float[_features];
        Span<float> gain = stackalloc float[_features];
        Features(encoded, features);
        f.Clear();
        for (var i = 0; i < _features; i++) TensorPrimitives.MultiplyAdd(Row(state, i), features[i], f, f);
        var visited = TensorPrimitives.Dot<float>(f, f);
        var lambda = Covariance(state) < Prior ? (float)forgetting : 1f;
        var total = lambda + visited;
        for (var i = 0; i < _features; i++) gain[i] = TensorPrimitives.Dot(Row(state, i), f);
        var weights = Weights(state);
        TensorPrimitives.MultiplyAdd<float>(gain, (float)(error - TensorPrimitives.Dot<float>(weights, features)) / total, weights, weights);
        var potter = 1 / (total + MathF.Sqrt(lambda * total));
        var grow = 1 / MathF.Sqrt(lambda);
        for (var i = 0; i < _features; i++)
        {
            var row = state.Slice(i * _features, _features);
            TensorPrimitives.MultiplyAdd<float>(f, -potter * gain[i], row, row);
            if (grow != 1) TensorPrimitives.Multiply(row, grow, row);
        }
    }

    private double Raw(ReadOnlySpan<float> state, ReadOnlySpan<float> encoded)
    {
        var weights = state.Slice(_features * _features, _features);
        return Math.Clamp(weights[width] + TensorPrimitives.Dot(weights[..width], encoded), -bound, bound);
    }

    /// <summary>Trace of <c>P</c>.</summary>
    private float Covariance(ReadOnlySpan<float> state) => TensorPrimitives.SumOfSquares(state[..(_features * _features)]);

    private void Features(ReadOnlySpan<float> encoded, Span<float> features)
    {
        encoded.CopyTo(features);
        features[width] = 1;
    }

    private ReadOnlySpan<float> Row(ReadOnlySpan<float> state, int i) => state.Slice(i * _features, _features);

    private Span<float> Weights(Span<float> state) => state.Slice(_features * _features, _features);

    private static ReadOnlySpan<float> Losses(ReadOnlySpan<float> state) => state[^2..];
}
