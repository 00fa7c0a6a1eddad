using SsdForecast.Data;

namespace SsdForecast.Reports.Tests;

/// <summary>Series, forecasts and report inputs for tests; equal seeds give equal samples.</summary>
internal static class Samples
{
    public static readonly double[] Levels = [0.05, 0.25, 0.5, 0.75, 0.95];

    /// <summary>A daily wave with noise.</summary>
    public static Series Wave(string id, int count, TimeIndex? index = null, int seed = 1, double size = 100)
    {
        var random = new Random(seed);
        var values = new double[count];
        for (var i = 0; i < count; i++) values[i] = size * (2 + Math.Sin(2 * Math.PI * i / 24) + 0.2 * (random.NextDouble() - 0.5));
        return new Series(id, index ?? TimeIndex.Regular(new DateTime(2024, 3, 1), Frequency.Parse("h"), count), values);
    }

    /// <summary>A forecast that knows the wave and errs a little.</summary>
    public static ForecastVersusActual Forecast(Series series, int origin, int horizon, double error = 0.1, double[]? levels = null)
    {
        levels ??= Levels;
        var values = new double[horizon, levels.Length];
        var actual = new double[horizon];
        for (var h = 0; h < horizon; h++)
        {
            var row = origin + 1 + h;
            actual[h] = row < series.Count ? series.Values[row] : double.NaN;
            var centre = (double.IsNaN(actual[h]) ? 200 : actual[h]) * (1 + error * Math.Sin(row));
            for (var q = 0; q < levels.Length; q++) values[h, q] = centre + 40 * (levels[q] - 0.5);
        }
        DateTime[] times = series.Index.HasTimestamps ? [.. Enumerable.Range(origin + 1, horizon).Select(i => series.Index[i])] : [];
        return new(new Forecast(series.Id, origin, times, levels, values), actual);
    }

    /// <summary>A model and a baseline over several windows of some series.</summary>
    public static ReportInput Backtest(int series = 1, int windows = 10, int horizon = 24, Func<int, string>? name = null, double[]? levels = null)
    {
        var history = Enumerable.Range(0, series).Select(i => Wave(name?.Invoke(i) ?? $"series {i}", 240 + windows * horizon, seed: i, size: 100 * (i + 1))).ToList();
        return new ReportInput
        {
            Title = "A test",
            Quantity = "Load",
            Unit = "kW",
            Season = 24,
            History = history,
            Models = [new("SSD", Windows(0.1)), new("seasonal naive", Windows(0.2)), new("ridge", Windows(0.15))],
            ModelCard = [new("Parameters", "1,234")],
            Warnings = ["two rows were odd"],
            Commands = ["ssdf report forecast.csv --out report.html"],
        };

        List<ForecastVersusActual> Windows(double error) =>
            [.. history.SelectMany(s => Enumerable.Range(0, windows).Select(w => Forecast(s, 239 + w * horizon, horizon, error * (1 + w / 10.0), levels)))];
    }

    /// <summary>A chart with one line.</summary>
    public static Chart Line(double[] x, double[] y, Axis? xAxis = null, Axis? yAxis = null) =>
        new() { Title = "A line", X = xAxis ?? Axis.Number("x"), Y = yAxis ?? Axis.Number("y", "m"), Layers = [new LineLayer("line", x, y)] };
}
