using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Torch.Forecasters;
using SsdForecast.Torch.Training;
using SsdForecast.Torch.Windows;

namespace SsdForecast.Cli.Benchmarks.Oscillation;

/// <summary>
/// Two seasons that are many lookbacks long, under noise: <c>y_t = sin 2π(t/187 + φ) + sin 2π(t/311 + ψ) + noise</c>. The lookback of 24 rows shows a
/// trend at best, so where in its seasons a series stands must be read off the encoder's state. The error is the mean squared error of 48 lead times on the
/// test rows, in units of the variance of the season's sum: 0 would be to know both seasons exactly, without the noise.
/// </summary>
internal static class SeasonTask
{
    private const int Rows = 3000;
    private const int Horizon = 48;
    private const double Noise = 0.5;

    /// <summary>The block with or without turning states, and otherwise the same.</summary>
    public static BlockConfig Block(bool rotation)
        => new() { DModel = 32, DState = 16, HeadDim = 16, DtMin = 1e-2, DtMax = 0.3, RotationFraction = rotation ? 1 : 0 };

    /// <summary>Trains a causal forecaster and gives its error in excess of the noise, and that of its ridge skip alone with no epochs.</summary>
    public static double Run(BlockConfig block, int epochs, int seed)
    {
        var (table, clean) = Series(seed);
        using var forecaster = Forecaster.Fit(
            table,
            new ForecasterOptions { Horizon = Horizon, Lookback = 24, Block = block, Quantiles = [], Calendar = false, Dropout = 0 },
            new TrainingOptions { Epochs = epochs, Patience = epochs + 1, WindowLength = 512, BatchSize = 8, StepsPerEpoch = 40, LearningRate = 3e-3, PointLoss = PointLoss.Squared, Seed = seed });
        var rule = SplitRule.Parse(forecaster.Training.Options["split"]);
        var plan = new WindowPlan(forecaster.Config, [.. table.Series.Select(rule.Cut)], 1);
        double squared = 0;
        long count = 0;
        foreach (var (index, forecast) in forecaster.ForecastAt(table, plan.TestOrigins(7)))
            for (var h = 0; h < Horizon; h++, count++)
            {
                var error = clean[index][forecast.Origin + 1 + h] - forecast.Values[h, 0];
                squared += error * error;
            }
        return squared / count;
    }

    private static (SeriesTable Table, double[][] Clean) Series(int seed)
    {
        var random = new Random(seed);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var clean = new double[8][];
        var series = new List<Series>();
        for (var s = 0; s < clean.Length; s++)
        {
            var (first, second) = (random.NextDouble(), random.NextDouble());
            // Two sines of amplitude 1 have the variance 1 together.
            clean[s] = [.. Enumerable.Range(0, Rows).Select(t => Math.Sin(2 * Math.PI * ((t / 187.0) + first)) + Math.Sin(2 * Math.PI * ((t / 311.0) + second)))];
            series.Add(new Series($"s{s}", TimeIndex.Ordinal(Rows), [.. clean[s].Select(v => v + (Noise * Normal()))]));
        }
        return (new SeriesTable(series), clean);
    }
}
