namespace SsdForecast.Runtime;

/// <summary>Reads the quantiles of all lead times off a state: <c>ŷ = s_h + σ o</c>, unscaled and sorted.</summary>
internal sealed class ForecastHead
{
    private readonly ModelConfig _config;
    private readonly StateLayout _layout;
    private readonly SkipMap _skip;
    private readonly PackedMatrix _head;
    private readonly int _scratchLength;

    public ForecastHead(ModelFolder folder, StateLayout layout, SkipMap skip)
    {
        (_config, _layout, _skip) = (folder.Config, layout, skip);
        _head = new PackedMatrix(_config.Horizon * _config.Outputs, _config.Block.DModel, folder.Weights.Float32("head.weight"), folder.Weights.Float32("head.bias"));
        _scratchLength = _head.PaddedRows + (2 * PackedMatrix.Pad(_config.Lookback));
    }

    /// <summary>The forecast of a state that has taken an event.</summary>
    /// <param name="values">Output in raw units, <c>(H, Q)</c>.</param>
    public void Forecast(ReadOnlySpan<float> state, Span<double> values)
    {
        ref readonly var header = ref _layout.Header(state);
        var scratch = new Scratch(_scratchLength);
        var outputs = scratch.Take(_head.PaddedRows);
        _head.Multiply(state[_layout.Encoded], outputs);
        ReadOnlySpan<float> deviations = _config.Horizon > 1 ? Deviations(state, in header, scratch) : [];
        var known = state[_layout.Known];
        for (var h = 0; h < _config.Horizon; h++)
        {
            var skip = h == 0 ? header.Skip : _skip.At(h, header.WindowMean, deviations, known);
            var row = values.Slice(h * _config.Outputs, _config.Outputs);
            for (var q = 0; q < row.Length; q++) row[q] = header.Mean + (header.Std * (skip + (header.Sigma * outputs[(h * row.Length) + q])));
            row.Sort();
        }
    }

    private Span<float> Deviations(ReadOnlySpan<float> state, ref readonly StateHeader header, Scratch scratch)
    {
        var window = RecurrentStep.Newest(state[_layout.Ring], in header, scratch.Take(_config.Lookback));
        var deviations = scratch.Take(_config.Lookback)[..window.Length];
        WindowStatistics.Centre(window, header.WindowMean, deviations);
        return deviations;
    }
}
