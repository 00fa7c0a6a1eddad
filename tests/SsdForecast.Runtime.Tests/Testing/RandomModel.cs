using SsdForecast.Data;

namespace SsdForecast.Runtime.Tests;

/// <summary>Small causal models with random shapes and weights, and random series for them, all from a seed.</summary>
public static class RandomModel
{
    /// <summary>A configuration with everything varied: sizes that no vector length divides, groups, covariates, calendar, elapsed time.</summary>
    public static ModelConfig Config(Random random)
    {
        var expand = random.Next(1, 3);
        int[] widths = [4, 6, 12, 16, 24, 32];
        var model = widths[random.Next(widths.Length)];
        int[] heads = [.. Enumerable.Range(1, expand * model).Where(p => expand * model % p == 0)];
        var headDim = heads[random.Next(heads.Length)];
        var count = expand * model / headDim;
        int[] groups = [.. Enumerable.Range(1, Math.Min(count, 4)).Where(g => count % g == 0)];
        var irregular = random.Next(3) == 0;
        var (states, mamba3) = (random.Next(1, 21), random.Next(2) == 0);
        return new ModelConfig
        {
            Block = new BlockConfig
            {
                DModel = model,
                Expand = expand,
                HeadDim = headDim,
                NGroups = groups[random.Next(groups.Length)],
                DState = states,
                DConv = random.Next(mamba3 ? 0 : 1, 6),
                Discretization = mamba3 && random.Next(2) == 0 ? Discretization.Trapezoid : Discretization.ExponentialEuler,
                RotationFraction = mamba3 && states > 1 && random.Next(3) > 0 ? Math.Max(2.0 / states, random.NextDouble()) : 0,
                BCNorm = mamba3 && random.Next(2) == 0,
                NormBeforeGate = random.Next(4) == 0,
                DtLimitHigh = random.Next(4) == 0 ? 0.5 : double.PositiveInfinity,
                DtLimitLow = random.Next(4) == 0 ? 0.01 : 0,
            },
            Layers = random.Next(0, 4),
            Lookback = random.Next(1, 40),
            Horizon = random.Next(1, 6),
            Quantiles = random.Next(2) == 0 ? [] : [0.1, 0.5, 0.9],
            PastCovariates = random.Next(3),
            KnownCovariates = random.Next(3),
            StaticCovariates = random.Next(3),
            Calendar = random.Next(2) == 0 ? [] : [CalendarCycle.HourOfDay, CalendarCycle.DayOfYear],
            ElapsedTime = irregular,
        };
    }

    /// <summary>A preprocessor for a configuration: hourly, or irregular where time elapses.</summary>
    public static Preprocessor Preprocessor(ModelConfig config, Random random)
    {
        string[] Names(string kind, int count) => [.. Enumerable.Range(0, count).Select(i => $"{kind}{i}")];
        var (past, known, fixedOnes) = (Names("past", config.PastCovariates), Names("known", config.KnownCovariates), Names("static", config.StaticCovariates));
        Scaler Scaler() => new(random.NextDouble() * 10, 0.5 + (random.NextDouble() * 5));
        return new Preprocessor
        {
            SeriesScalers = new Dictionary<string, Scaler> { ["a"] = Scaler(), [Runtime.Preprocessor.DefaultSeries] = Scaler() },
            CovariateScalers = past.Concat(known).Concat(fixedOnes).ToDictionary(name => name, _ => Scaler()),
            PastCovariates = past,
            KnownCovariates = known,
            StaticCovariates = fixedOnes,
            Frequency = config.ElapsedTime ? null : Frequency.Hourly,
            Step = TimeSpan.FromHours(1),
            Season = random.Next(1, 12),
        };
    }

    /// <summary>Weights of the size that training starts with, none of them zero or one throughout.</summary>
    public static IEnumerable<SafetensorsTensor> Weights(ModelConfig config, Random random)
    {
        foreach (var (name, shape) in ModelWeights.Shapes(config))
        {
            var values = new float[shape.Aggregate(1L, (a, n) => a * n)];
            for (var i = 0; i < values.Length; i++) values[i] = (float)Value(name, shape, random);
            yield return SafetensorsTensor.FromFloat32(name, shape, values);
        }
    }

    /// <summary>A model in memory.</summary>
    public static ModelFolder Folder(ModelConfig config, Random random, Preprocessor? preprocessor = null) =>
        ModelFolder.Create(config, preprocessor ?? Preprocessor(config, random), new TrainingRecord { Seed = 1 }, Weights(config, random));

    /// <summary>Events with missing values at the start and in between, irregular in time where the model takes it.</summary>
    public static Observation[] Events(ModelConfig config, int count, Random random)
    {
        var time = new DateTime(2024, 2, 27, 5, 0, 0);
        var level = 5 + (random.NextDouble() * 20);
        var gap = random.Next(3);
        ReadOnlyMemory<double> Covariates(int n) => Enumerable.Range(0, n).Select(_ => random.Next(8) == 0 ? double.NaN : Normal(random) * 4).ToArray();
        var events = new Observation[count];
        for (var t = 0; t < count; t++)
        {
            level += Normal(random);
            var value = t < gap || random.Next(10) == 0 ? double.NaN : level;
            var statics = t == 0 ? Covariates(config.StaticCovariates) : default;
            events[t] = new Observation(time, value, Covariates(config.PastCovariates), Covariates(config.Horizon * config.KnownCovariates), statics);
            // Some pauses are longer than elapsed time is let count.
            var minutes = random.Next(20) == 0 ? 9000 : 1 + random.Next(200);
            time += TimeSpan.FromMinutes(config.ElapsedTime ? minutes : 60);
        }

        return events;
    }

    private static double Value(string name, long[] shape, Random random)
    {
        var scale = 1 / Math.Sqrt(shape[^1]);
        bool Ends(string end) => name.EndsWith(end, StringComparison.Ordinal);
        if (Ends("A_log")) return Math.Log(1 + (15 * random.NextDouble()));
        if (Ends("dt_bias")) return Math.Log(Math.Exp(0.001 * Math.Pow(100, random.NextDouble())) - 1);
        if (Ends("norm.weight") || Ends("norm_f.weight") || Ends(".D")) return 1 + (0.2 * Normal(random));
        if (name.StartsWith("skip", StringComparison.Ordinal)) return 0.5 * scale * Normal(random);
        return (shape.Length == 1 ? 0.2 : scale) * Normal(random);
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
