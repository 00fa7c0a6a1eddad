using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Runtime.Tests;

namespace SsdForecast.Streaming.Tests;

/// <summary>A small hourly model and events of several series for it.</summary>
internal static class Streams
{
    public static readonly DateTime Start = new(2024, 1, 1);

    public static readonly ModelConfig Config = new()
    {
        Block = new BlockConfig { DModel = 8, DState = 4, HeadDim = 4 },
        Layers = 1,
        Lookback = 6,
        Horizon = 2,
        Quantiles = [0.1, 0.5, 0.9],
        Calendar = [CalendarCycle.HourOfDay],
    };

    public static RecurrentModel Model(int seed = 1, ModelConfig? config = null) => new(RandomModel.Folder(config ?? Config, new Random(seed)));

    public static Observation At(int hour, double value) => new(Start.AddHours(hour), value);

    /// <summary>An event some minutes beside the hour.</summary>
    public static Observation Beside(int hour, int minutes, double value) => new(Start.AddHours(hour).AddMinutes(Math.Max(minutes, -60 * hour)), value);

    /// <summary>Events of <paramref name="series"/> series in turn, a few of them missing.</summary>
    public static SeriesEvent[] Events(int series, int steps, int seed = 2)
    {
        var random = new Random(seed);
        return [.. from t in Enumerable.Range(0, steps)
            from s in Enumerable.Range(0, series)
            select new SeriesEvent($"series {s}", At(t, random.Next(9) == 0 ? double.NaN : 5 + (3 * random.NextDouble()) + s))];
    }

    public static double[] Flat(Forecast f) => [.. f.Values.Cast<double>()];
}
