using SsdForecast.Data;
using SsdForecast.Runtime;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Evaluation;

/// <summary>Collects blocks of network output as forecasts in raw units.</summary>
internal sealed class ForecastReader(SeriesTable table, Preprocessor preprocessor, ModelConfig config)
{
    private readonly List<(int Series, Forecast Forecast)> _forecasts = [];

    /// <summary>The forecasts so far, with the index of their series.</summary>
    public IReadOnlyList<(int Series, Forecast Forecast)> Forecasts => _forecasts;

    /// <summary>Adds the forecasts of a block.</summary>
    public void Read(OriginBlock block)
    {
        var series = table.Series[block.Range.Series];
        var scaler = preprocessor.ScalerOf(series.Id);
        var numbers = Numbers(block);
        for (var k = 0; k < block.Positions.Count; k++)
        {
            var origin = block.FirstRow + block.Positions[k];
            _forecasts.Add((block.Range.Series, Forecast(series, origin, scaler, numbers.AsSpan(k * config.Horizon * config.Outputs))));
        }
    }

    private static float[] Numbers(OriginBlock block)
    {
        using var scope = NewDisposeScope();
        var rows = tensor(block.Positions.Select(p => (long)p).ToArray(), device: block.Output.Skip.device);
        return new Networks.NetworkOutput(
            block.Output.Skip.select(0, block.Index).index_select(0, rows),
            block.Output.Scale.select(0, block.Index).index_select(0, rows),
            block.Output.Offsets.select(0, block.Index).index_select(0, rows)).Quantiles().cpu().contiguous().data<float>().ToArray();
    }

    private Forecast Forecast(Series series, int origin, Scaler scaler, ReadOnlySpan<float> numbers)
    {
        var values = new double[config.Horizon, config.Outputs];
        var times = series.Index.HasTimestamps ? new DateTime[config.Horizon] : [];
        for (var h = 0; h < config.Horizon; h++)
        {
            if (times.Length > 0) times[h] = series.Index.IsRegular ? series.Index[origin + 1 + h] : series.Index[origin] + (series.Index.MedianStep * (h + 1));
            for (var q = 0; q < config.Outputs; q++) values[h, q] = scaler.Unscale(numbers[(h * config.Outputs) + q]);
        }
        return new Forecast(series.Id, origin, times, config.Levels, values);
    }
}
