using SsdForecast.Data;
using SsdForecast.Torch.Baselines;
using SsdForecast.Torch.Forecasters;
using SsdForecast.Torch.Training;
using SsdForecast.Torch.Windows;
using TorchSharp;

namespace SsdForecast.Torch.Evaluation;

/// <summary>Which origins to backtest at.</summary>
public sealed record BacktestOptions
{
    /// <summary>How series are cut; null: as the model was trained.</summary>
    public SplitRule? Split { get; init; }

    /// <summary>Rows from one origin to the next; 0 (default): 1, more where that would be over <see cref="MostForecasts"/> forecasts.</summary>
    public int Stride { get; init; }

    /// <summary>Only the last so many origins of each series, a horizon apart; 0 (default): all test rows by <see cref="Stride"/>.</summary>
    public int Windows { get; init; }

    /// <summary>Forecasts in all that an automatic stride allows. Default 4000.</summary>
    public int MostForecasts { get; init; } = 4000;

    /// <summary>Whether seasonal naive and ridge are run beside the model. Default true.</summary>
    public bool Baselines { get; init; } = true;
}

/// <summary>What a backtest found.</summary>
/// <param name="Models">The model first, then the baselines; the same origins for all.</param>
/// <param name="Metrics">A row a model, in the same order.</param>
/// <param name="MaeByLead">For each model the mean absolute scaled error at each lead time, lead time 1 first.</param>
/// <param name="Season">Season length of the naive baseline, in rows (of the first series).</param>
/// <param name="Stride">Rows from one origin to the next.</param>
/// <param name="Split">How series were cut.</param>
public sealed record BacktestResult(
    IReadOnlyList<ModelForecasts> Models,
    IReadOnlyList<MetricRow> Metrics,
    IReadOnlyList<double[]> MaeByLead,
    int Season,
    int Stride,
    SplitRule Split);

/// <summary>
/// Forecasts from origins in rows that were held out, compared with what then happened. A forecast sees only rows up to its origin; scalers,
/// weights, calibration and baselines saw only training and validation rows.
/// </summary>
public static class Backtest
{
    /// <summary>Runs it.</summary>
    /// <param name="forecaster">The model.</param>
    /// <param name="table">The series.</param>
    /// <param name="options">Which origins; null for the defaults.</param>
    /// <exception cref="NotEnoughDataException">No series has a whole horizon of test rows.</exception>
    public static BacktestResult Run(Forecaster forecaster, SeriesTable table, BacktestOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(forecaster);
        ArgumentNullException.ThrowIfNull(table);
        options ??= new BacktestOptions();
        var rule = options.Split ?? SplitRule.Parse(forecaster.Training.Options.GetValueOrDefault("split", SplitRule.Default.Text));
        var splits = table.Series.Select(rule.Cut).ToArray();
        var config = forecaster.Config;
        var plan = new WindowPlan(config, splits, windowLength: 256);
        var (origins, stride) = Origins(plan, config.Horizon, options);
        if (origins.Count == 0)
            throw new NotEnoughDataException(
                $"no series has {config.Horizon} test rows, a whole horizon, under the split '{rule}'; use a shorter horizon, more data, or --split with more test rows", table.Source);

        var models = new List<ModelForecasts>
        {
            new("ssd", Compare(table, forecaster.ForecastAt(table, origins))),
        };
        var seasons = table.Series.Select((s, i) => SeasonalNaive.ChooseSeason(s, splits[i].TrainEnd, config.Horizon)).ToArray();
        if (options.Baselines)
        {
            models.Add(new("seasonal naive", Compare(table, Naive(table, splits, seasons, origins, config.Horizon, config.Quantiles))));
            using var data = SeriesTensors.From(table, forecaster.Preprocessor, config, forecaster.Device);
            using var ridge = RidgeBaseline.Fit(data, plan);
            var reader = new ForecastReader(table, forecaster.Preprocessor, config);
            ridge.Run(data, origins, reader.Read);
            models.Add(new("ridge", Compare(table, reader.Forecasts)));
        }

        var scales = table.Series
            .Select((s, i) => (s.Id, Scale: Metrics.MaseScale(s.Values.AsSpan(0, splits[i].TrainEnd), seasons[i])))
            .ToDictionary(p => p.Id, p => p.Scale);
        return new BacktestResult(
            models,
            [.. models.Select(m => Data.Evaluation.Evaluate(m.Model, m.Forecasts, id => scales[id]))],
            [.. models.Select(m => Data.Evaluation.MaeByLead(m.Forecasts, id => scales[id]))],
            seasons[0],
            stride,
            rule);
    }

    private static (IReadOnlyList<OriginRange> Origins, int Stride) Origins(WindowPlan plan, int horizon, BacktestOptions options)
    {
        var all = plan.TestOrigins(1);
        if (options.Windows > 0)
            return ([.. all.Select(r => r with { First = r.Last - (horizon * Math.Min(options.Windows - 1, (r.Last - r.First) / horizon)), Stride = horizon })], horizon);
        var total = all.Sum(r => (long)r.Count);
        var stride = options.Stride > 0 ? options.Stride : (int)Math.Max(1, (total + options.MostForecasts - 1) / options.MostForecasts);
        return (plan.TestOrigins(stride), stride);
    }

    private static IEnumerable<(int Series, Forecast Forecast)> Naive(
        SeriesTable table, IReadOnlyList<Split> splits, int[] seasons, IReadOnlyList<OriginRange> origins, int horizon, IReadOnlyList<double> levels)
    {
        foreach (var range in origins)
        {
            var model = SeasonalNaiveModel.Fit(table.Series[range.Series], splits[range.Series].TrainEnd, seasons[range.Series], levels);
            for (var k = 0; k < range.Count; k++) yield return (range.Series, model.Predict(range.First + (k * range.Stride), horizon));
        }
    }

    private static IReadOnlyList<ForecastVersusActual> Compare(SeriesTable table, IEnumerable<(int Series, Forecast Forecast)> forecasts)
        => [.. forecasts
            .OrderBy(f => f.Series).ThenBy(f => f.Forecast.Origin)
            .Select(f => new ForecastVersusActual(f.Forecast, table.Series[f.Series].Values[(f.Forecast.Origin + 1)..(f.Forecast.Origin + 1 + f.Forecast.Horizon)]))];
}
