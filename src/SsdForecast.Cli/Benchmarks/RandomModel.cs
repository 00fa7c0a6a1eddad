using SsdForecast.Data;
using SsdForecast.Runtime;

namespace SsdForecast.Cli.Benchmarks;

/// <summary>Causal models with random weights of the size that training begins with: they forecast nothing and cost what trained ones cost.</summary>
internal static class RandomModel
{
    private static readonly double[] Levels = [0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95];

    /// <summary>A model of the default size.</summary>
    /// <param name="horizon">Lead times.</param>
    public static ModelFolder Create(int horizon)
        => Create(new ModelConfig { Lookback = 336, Horizon = horizon, Quantiles = Levels, Calendar = [CalendarCycle.HourOfDay, CalendarCycle.DayOfWeek] });

    /// <summary>A model with so small a state that a million series fit in memory.</summary>
    public static ModelFolder CreateSmall() => Create(new ModelConfig
    {
        Block = new BlockConfig { DModel = 16, DState = 8, HeadDim = 8 },
        Layers = 1,
        Lookback = 24,
        Horizon = 1,
        Quantiles = [0.1, 0.5, 0.9],
        Calendar = [CalendarCycle.HourOfDay],
    });

    private static ModelFolder Create(ModelConfig config)
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
            w.Name, w.Shape, [.. Enumerable.Range(0, (int)w.Shape.Aggregate(1L, (a, n) => a * n)).Select(_ => (float)Value(w.Name, w.Shape, random))]));
        return ModelFolder.Create(config, preprocessor, new TrainingRecord(), weights);
    }

    private static double Value(string name, long[] shape, Random random)
    {
        bool Ends(string end) => name.EndsWith(end, StringComparison.Ordinal);
        if (Ends("A_log")) return Math.Log(1 + (15 * random.NextDouble()));
        if (Ends("dt_bias")) return Math.Log(Math.Exp(0.001 * Math.Pow(100, random.NextDouble())) - 1);
        if (Ends("norm.weight") || Ends("norm_f.weight") || Ends(".D")) return 1;
        return (shape.Length == 1 ? 0.1 : 1 / Math.Sqrt(shape[^1])) * ((2 * random.NextDouble()) - 1);
    }
}
