using SsdForecast.Data;
using SsdForecast.Runtime;

namespace SsdForecast.Cli.Benchmarks;

/// <summary>A causal model of the default size with small random weights: it forecasts nothing and costs what a trained one costs.</summary>
internal static class RandomModel
{
    private static readonly double[] Levels = [0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95];

    public static RecurrentModel Create()
        => Create(new ModelConfig { Lookback = 336, Horizon = 48, Quantiles = Levels, Calendar = [CalendarCycle.HourOfDay, CalendarCycle.DayOfWeek] });

    /// <summary>A model with so small a state that a million series fit in memory.</summary>
    public static RecurrentModel CreateSmall() => Create(new ModelConfig
    {
        Block = new BlockConfig { DModel = 16, DState = 8, HeadDim = 8 },
        Layers = 1,
        Lookback = 24,
        Horizon = 1,
        Quantiles = [0.1, 0.5, 0.9],
        Calendar = [CalendarCycle.HourOfDay],
    });

    private static RecurrentModel Create(ModelConfig config)
    {
        var random = new Random(1);
        var preprocessor = new Preprocessor
        {
            SeriesScalers = new Dictionary<string, Scaler> { [Preprocessor.DefaultSeries] = Scaler.Identity },
            Frequency = Frequency.Parse("30min"),
            Step = TimeSpan.FromMinutes(30),
            Season = config.Lookback,
        };
        var weights = ModelWeights.Shapes(config).Select(w => SafetensorsTensor.FromFloat32(
            w.Name, w.Shape, [.. Enumerable.Range(0, (int)w.Shape.Aggregate(1L, (a, n) => a * n)).Select(_ => (float)(0.02 * (random.NextDouble() - 0.5)))]));
        return new RecurrentModel(ModelFolder.Create(config, preprocessor, new TrainingRecord(), weights));
    }
}
