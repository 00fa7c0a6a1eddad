using SsdForecast.Data;
using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>Memory for a forecast that is used again and again, where a <see cref="SsdForecast.Data.Forecast"/> an event would be garbage.</summary>
public sealed class ForecastBuffer
{
    private readonly ModelConfig _config;

    /// <summary>Room for a forecast of a model.</summary>
    public ForecastBuffer(RecurrentModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _config = model.Config;
        Values = new double[model.ForecastLength];
        Times = model.Preprocessor.HasTimestamps ? new DateTime[_config.Horizon] : [];
        var q = 0;
        for (var i = 1; i < _config.Levels.Count; i++)
            if (Math.Abs(_config.Levels[i] - 0.5) < Math.Abs(_config.Levels[q] - 0.5)) q = i;
        MedianIndex = q;
    }

    /// <summary>The series.</summary>
    public string SeriesId { get; internal set; } = "";

    /// <summary>Steps that the series had taken before its last event: the position of that event, counted from 0.</summary>
    public long Origin { get; internal set; }

    /// <summary>Forecasts in raw units, <c>(H, Q)</c>, ascending within a row.</summary>
    public double[] Values { get; }

    /// <summary>The time of each lead time; empty for a model without timestamps.</summary>
    public DateTime[] Times { get; }

    /// <summary>Quantile levels, <c>Q</c> of them.</summary>
    public IReadOnlyList<double> Levels => _config.Levels;

    /// <summary>The level nearest 0.5, by its place among <see cref="Levels"/>.</summary>
    public int MedianIndex { get; }

    /// <summary>Lead times, <c>H</c>.</summary>
    public int Horizon => _config.Horizon;

    /// <summary>The quantiles of a lead time, counted from 0.</summary>
    public ReadOnlySpan<double> Row(int lead) => Values.AsSpan(lead * _config.Outputs, _config.Outputs);

    /// <summary>A forecast of its own, of the first lead times.</summary>
    public Forecast ToForecast(int horizon)
    {
        var values = new double[horizon, _config.Outputs];
        Buffer.BlockCopy(Values, 0, values, 0, values.Length * sizeof(double));
        return new Forecast(SeriesId, (int)Math.Min(Origin, int.MaxValue), Times.Length == 0 ? [] : Times[..horizon], _config.Levels, values);
    }
}
