using SsdForecast.Data;

namespace SsdForecast.Runtime;

/// <summary>Made-up events of one series at the scale that a model was trained on, the same every time: for measurements where there are no data.</summary>
public static class SampleEvents
{
    /// <summary>A season, a slow walk and noise; one event in a hundred begins a new level, is an outlier or is missing.</summary>
    /// <param name="config">The model's architecture, which tells the covariates.</param>
    /// <param name="preprocessor">The model's scalers and times.</param>
    /// <param name="count">Number of events.</param>
    /// <param name="seed">Another one gives other events of the same kind.</param>
    public static Observation[] Create(ModelConfig config, Preprocessor preprocessor, int count, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(preprocessor);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var random = new Random(seed);
        var scaler = preprocessor.ScalerOf(Preprocessor.DefaultSeries);
        var scalers = new CovariateScalers(preprocessor);
        var (time, level, season) = (new DateTime(2024, 1, 1), 0.0, Math.Max(preprocessor.Season, 7));
        var step = preprocessor.Step > TimeSpan.Zero ? preprocessor.Step : TimeSpan.FromHours(1);
        var events = new Observation[count];
        for (var t = 0; t < count; t++)
        {
            level = (0.99 * level) + (0.1 * Noise(random));
            if (random.Next(100) == 0) level += Noise(random);
            var value = level + Math.Sin(2 * Math.PI * t / season) + (0.2 * Noise(random)) + (random.Next(100) == 0 ? 4 * Noise(random) : 0);
            events[t] = new Observation(
                time, random.Next(100) == 0 ? double.NaN : scaler.Unscale(value), Covariates(scalers.Past, 1, random), Covariates(scalers.Known, config.Horizon, random),
                t == 0 ? Covariates(scalers.Static, 1, random) : default);
            time = preprocessor.Frequency is { } frequency && preprocessor.HasTimestamps ? frequency.Add(time, 1)
                : time + (config.ElapsedTime ? step * (0.2 + (1.6 * random.NextDouble())) : step);
        }

        return events;
    }

    private static double[] Covariates(Scaler[] scalers, int leads, Random random)
    {
        var values = new double[leads * scalers.Length];
        for (var i = 0; i < values.Length; i++) values[i] = scalers[i % scalers.Length].Unscale(Noise(random));
        return values;
    }

    // Normal to the eye: mean 0, variance 1.
    private static double Noise(Random random) => random.NextDouble() + random.NextDouble() + random.NextDouble() + random.NextDouble() + random.NextDouble()
        + random.NextDouble() + random.NextDouble() + random.NextDouble() + random.NextDouble() + random.NextDouble() + random.NextDouble() + random.NextDouble() - 6;
}
