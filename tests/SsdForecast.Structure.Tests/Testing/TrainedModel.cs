using SsdForecast.Data;
using SsdForecast.Runtime;

namespace SsdForecast.Structure.Tests;

/// <summary>A small causal model with random weights, and a series for it.</summary>
public static class TrainedModel
{
    public static ModelConfig Config { get; } = new()
    {
        Block = new BlockConfig { DModel = 12, DState = 6, HeadDim = 6, NGroups = 2, DConv = 3 },
        Layers = 2,
        Lookback = 24,
        Horizon = 3,
        Quantiles = [0.1, 0.5, 0.9],
        PastCovariates = 1,
        KnownCovariates = 1,
        StaticCovariates = 1,
        Calendar = [CalendarCycle.HourOfDay],
    };

    public static ModelFolder Folder(ModelConfig? config = null, int seed = 1)
    {
        var random = new Random(seed);
        config ??= Config;
        string[] Names(string kind, int count) => [.. Enumerable.Range(0, count).Select(i => $"{kind}{i}")];
        var (past, known, statics) = (Names("past", config.PastCovariates), Names("known", config.KnownCovariates), Names("static", config.StaticCovariates));
        var preprocessor = new Preprocessor
        {
            SeriesScalers = new Dictionary<string, Scaler> { [Preprocessor.DefaultSeries] = new(10, 2) },
            CovariateScalers = past.Concat(known).Concat(statics).ToDictionary(n => n, _ => new Scaler(0, 1)),
            PastCovariates = past,
            KnownCovariates = known,
            StaticCovariates = statics,
            Frequency = Frequency.Parse("h"),
            Step = TimeSpan.FromHours(1),
        };
        // A direct model's folder needs none of its weights here: it is refused before they are read.
        var weights = config.Kind == ForecasterKind.Causal ? Weights(config, random) : [];
        return ModelFolder.Create(config, preprocessor, new TrainingRecord(), weights);
    }

    public static Series Series(int rows, int missingFirst = 0, int seed = 2)
    {
        var random = new Random(seed);
        double[] Column() => [.. Enumerable.Range(0, rows).Select(_ => RandomRecurrence.Normal(random))];
        var values = Enumerable.Range(0, rows).Select(t => t < missingFirst || t % 29 == 28 ? double.NaN : 10 + (2 * Math.Sin(t * Math.PI / 12)) + (0.3 * RandomRecurrence.Normal(random))).ToArray();
        return new Series(
            "north",
            TimeIndex.Regular(new DateTime(2024, 1, 1), Frequency.Parse("h"), rows),
            values,
            new Dictionary<string, double[]> { ["past0"] = Column(), ["known0"] = Column() },
            new Dictionary<string, double> { ["static0"] = 0.5 });
    }

    private static IEnumerable<SafetensorsTensor> Weights(ModelConfig config, Random random)
    {
        foreach (var (name, shape) in ModelWeights.Shapes(config))
        {
            var values = new float[shape.Aggregate(1L, (a, n) => a * n)];
            var scale = 1 / Math.Sqrt(shape[^1]);
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = (float)(name switch
                {
                    _ when name.EndsWith("A_log", StringComparison.Ordinal) => Math.Log(1 + (15 * random.NextDouble())),
                    _ when name.EndsWith("dt_bias", StringComparison.Ordinal) => Math.Log(Math.Exp(0.001 * Math.Pow(100, random.NextDouble())) - 1),
                    _ when name.EndsWith("norm.weight", StringComparison.Ordinal) || name.EndsWith(".D", StringComparison.Ordinal) => 1 + (0.1 * RandomRecurrence.Normal(random)),
                    _ => scale * RandomRecurrence.Normal(random),
                });
            }

            yield return SafetensorsTensor.FromFloat32(name, shape, values);
        }
    }
}
