namespace SsdForecast.Runtime;

/// <summary>Reads the quantiles of all lead times off a state: <c>ŷ = s_h + σ o</c>, unscaled and sorted.</summary>
internal sealed class ForecastHead
{
    private readonly ModelConfig _config;
    private readonly StateLayout _layout;
    private readonly SkipMap _skip;
    private readonly StepMatrix _head;
    private readonly int _scratchLength;

    public ForecastHead(ModelFolder folder, StateLayout layout, SkipMap skip, WeightFormat format)
    {
        (_config, _layout, _skip) = (folder.Config, layout, skip);
        _head = StepMatrix.Create(format, _config.Horizon * _config.Outputs, _config.Block.DModel, folder.Weights.Float32("head.weight"), folder.Weights.Float32("head.bias"));
        _scratchLength = _head.PaddedRows + ScratchLength;
    }

    /// <summary>Encoding to outputs.</summary>
    public StepMatrix Matrix => _head;

    /// <summary>Floats of the outputs with their padding.</summary>
    public int OutputStride => _head.PaddedRows;

    /// <summary>Floats that <see cref="Finish"/> takes from its scratch.</summary>
    public int ScratchLength => 2 * PackedMatrix.Pad(_config.Lookback);

    /// <summary>The forecast of a state that has taken an event.</summary>
    /// <param name="values">Output in raw units, <c>(H, Q)</c>.</param>
    public void Forecast(ReadOnlySpan<float> state, Span<double> values)
    {
        var scratch = new Scratch(_scratchLength);
        var outputs = scratch.Take(_head.PaddedRows);
        _head.Multiply(state[_layout.Encoded], outputs);
        Finish(state, outputs, values, scratch);
    }

    /// <summary>From outputs to a forecast.</summary>
    /// <param name="outputs"><c>o</c>, <c>(H, Q)</c>.</param>
    /// <inheritdoc cref="Forecast"/>
    public void Finish(ReadOnlySpan<float> state, ReadOnlySpan<float> outputs, Span<double> values, Scratch scratch)
    {
        ref readonly var header = ref _layout.Header(state);
        ReadOnlySpan<float> deviations = _config.Horizon > 1 ? Deviations(state, in header, scratch) : [];
        var known = state[_layout.Known];
        for (var h = 0; h < _config.Horizon; h++)
        {
            var skip = h == 0 ? header.Skip : _skip.At(h, header.WindowMean, deviations, known);
            Scale(in header, skip, header.Sigma, outputs.Slice(h * _config.Outputs, _config.Outputs), values.Slice(h * _config.Outputs, _config.Outputs));
        }
    }

    /// <summary>The forecast of lead time 1 alone.</summary>
    /// <param name="values">Output in raw units, <c>(Q)</c>.</param>
    public void ForecastNext(ReadOnlySpan<float> state, Span<double> values)
    {
        ref readonly var header = ref _layout.Header(state);
        var outputs = new Scratch(_scratchLength).Take(_head.PaddedRows);
        _head.Multiply(state[_layout.Encoded], outputs);
        Scale(in header, header.Skip, header.Sigma, outputs[..values.Length], values);
    }

    /// <summary>The quantiles of one lead time in raw units, <c>mean + std · (s + σ o)</c>, ascending.</summary>
    public static void Scale(ref readonly StateHeader header, double skip, double sigma, ReadOnlySpan<float> outputs, Span<double> values)
    {
        for (var q = 0; q < values.Length; q++) values[q] = header.Mean + (header.Std * (skip + (sigma * outputs[q])));
        values.Sort();
    }

    private Span<float> Deviations(ReadOnlySpan<float> state, ref readonly StateHeader header, Scratch scratch)
    {
        var window = RecurrentStep.Newest(state[_layout.Ring], in header, scratch.Take(_config.Lookback));
        var deviations = scratch.Take(_config.Lookback)[..window.Length];
        WindowStatistics.Centre(window, header.WindowMean, deviations);
        return deviations;
    }
}
