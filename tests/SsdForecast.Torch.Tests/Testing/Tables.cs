using SsdForecast.Data;

namespace SsdForecast.Torch.Tests;

/// <summary>Small tables with a season, some noise, and what a test asks for beside.</summary>
internal static class Tables
{
    public static readonly DateTime Start = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);

    /// <summary>Hourly series with a daily season: <c>level + amplitude·sin + noise</c>.</summary>
    public static SeriesTable Seasonal(int rows = 400, int series = 1, int seed = 1, double missing = 0, bool irregular = false, bool covariates = false)
    {
        var random = new Random(seed);
        var all = new List<Series>();
        for (var s = 0; s < series; s++)
        {
            var times = new DateTime[rows];
            var time = Start;
            for (var t = 0; t < rows; t++)
            {
                times[t] = time;
                time += irregular ? TimeSpan.FromMinutes(random.Next(5, 180)) : TimeSpan.FromHours(1);
            }
            double[] Column(double scale) => [.. Enumerable.Range(0, rows).Select(_ => scale * (random.NextDouble() - 0.5))];
            var known = Column(4);
            var past = Column(2);
            var values = new double[rows];
            for (var t = 0; t < rows; t++)
            {
                var hour = (times[t] - Start).TotalHours;
                values[t] = (100 * (s + 1)) + (10 * (s + 1) * Math.Sin(2 * Math.PI * hour / 24)) + random.NextDouble() + (covariates ? known[t] : 0);
                if (t > 0 && random.NextDouble() < missing) values[t] = double.NaN;
            }
            var index = irregular ? TimeIndex.Irregular(times) : TimeIndex.Regular(Start, Frequency.Parse("h"), rows);
            all.Add(new Series($"s{s}", index, values, covariates ? new Dictionary<string, double[]> { ["known"] = known, ["past"] = past } : null));
        }
        return new SeriesTable(all);
    }
}
