using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Torch.Evaluation;
using SsdForecast.Torch.Forecasters;
using SsdForecast.Torch.Training;

namespace SsdForecast.Torch.Tests.Forecasters;

public class ForecasterTests
{
    private static readonly TrainingOptions Quick = new() { Epochs = 3, StepsPerEpoch = 8, BatchSize = 8, WindowLength = 64 };

    private static ForecasterOptions Options(ForecasterKind kind = ForecasterKind.Causal) => new()
    {
        Kind = kind,
        Horizon = 12,
        Lookback = 48,
        Block = new BlockConfig { DModel = 16, DState = 8, HeadDim = 8 },
    };

    [Theory]
    [InlineData(ForecasterKind.Causal)]
    [InlineData(ForecasterKind.Direct)]
    public void A_model_folder_gives_the_same_forecasts(ForecasterKind kind)
    {
        var table = Tables.Seasonal(series: 2);
        using var folder = new TemporaryFolder();
        using var fitted = Forecaster.Fit(table, Options(kind), Quick);
        fitted.Save(folder.Path);
        using var loaded = Forecaster.Load(folder.Path);
        Assert.Equal(fitted.Predict(table).SelectMany(f => f.Values.Cast<double>()), loaded.Predict(table).SelectMany(f => f.Values.Cast<double>()));
        Assert.Equal(fitted.Config with { Quantiles = [], Calendar = [] }, loaded.Config with { Quantiles = [], Calendar = [] });
    }

    [Theory]
    [InlineData(ForecasterKind.Causal)]
    [InlineData(ForecasterKind.Direct)]
    public void A_seed_gives_the_same_model_and_another_seed_another(ForecasterKind kind)
    {
        var table = Tables.Seasonal();
        double[] Forecasts(int seed)
        {
            using var forecaster = Forecaster.Fit(table, Options(kind), Quick with { Seed = seed });
            return [.. forecaster.Predict(table).SelectMany(f => f.Values.Cast<double>())];
        }
        Assert.Equal(Forecasts(1), Forecasts(1));
        // A direct model that training could not improve is ridge regression, whatever the seed.
        if (kind == ForecasterKind.Causal) Assert.NotEqual(Forecasts(1), Forecasts(2));
    }

    [Theory]
    [InlineData(ForecasterKind.Causal)]
    [InlineData(ForecasterKind.Direct)]
    public void It_beats_seasonal_naive_and_its_intervals_cover(ForecasterKind kind)
    {
        var table = Tables.Seasonal(rows: 800, series: 2);
        using var forecaster = Forecaster.Fit(table, Options(kind), Quick);
        var result = Backtest.Run(forecaster, table);
        Assert.Equal(["ssd", "seasonal naive", "ridge"], result.Metrics.Select(m => m.Model));
        Assert.True(result.Metrics[0].Mase < 0.9 * result.Metrics[1].Mase, $"{result.Metrics[0].Mase} against {result.Metrics[1].Mase}");
        Assert.InRange(result.Metrics[0].Coverage, 0.8, 0.98);
        Assert.All(result.Models, m => Assert.Equal(result.Models[0].Forecasts.Select(f => (f.Forecast.SeriesId, f.Forecast.Origin)), m.Forecasts.Select(f => (f.Forecast.SeriesId, f.Forecast.Origin))));
    }

    [Fact]
    public void Without_training_it_is_ridge_regression()
    {
        var table = Tables.Seasonal(rows: 500);
        using var forecaster = Forecaster.Fit(table, Options(), Quick with { Epochs = 0, Calibrate = false });
        var result = Backtest.Run(forecaster, table);
        Assert.Equal(result.Metrics[2].Mae, result.Metrics[0].Mae, 1e-4);
        Assert.Equal(result.Metrics[2].Crps, result.Metrics[0].Crps, 1e-4);
    }

    [Fact]
    public void Known_covariates_help()
    {
        var table = Tables.Seasonal(rows: 800, covariates: true);
        double Mae(IReadOnlyList<string> known)
        {
            using var forecaster = Forecaster.Fit(table, Options() with { KnownCovariates = known }, Quick);
            return Backtest.Run(forecaster, table, new BacktestOptions { Baselines = false }).Metrics[0].Mae;
        }
        Assert.True(Mae(["known"]) < 0.6 * Mae([]));
    }

    [Fact]
    public void Missing_values_are_no_targets_and_do_no_harm()
    {
        var table = Tables.Seasonal(rows: 600, missing: 0.2);
        using var forecaster = Forecaster.Fit(table, Options(), Quick);
        var result = Backtest.Run(forecaster, table);
        Assert.True(result.Metrics[0].Mase < result.Metrics[1].Mase);
    }

    [Fact]
    public void Series_of_unequal_length_share_one_model()
    {
        var (a, b) = (Tables.Seasonal(rows: 300), Tables.Seasonal(rows: 150, seed: 2));
        var table = new SeriesTable([a.Series[0], new Series("short", b.Series[0].Index, b.Series[0].Values), new Series("tiny", b.Series[0].Index.Slice(0, 9), b.Series[0].Values[..9])]);
        using var forecaster = Forecaster.Fit(table, Options(), Quick);
        Assert.Equal(["s0", "short", "tiny"], forecaster.Predict(table).Select(f => f.SeriesId));
        Assert.All(forecaster.Predict(table), f => Assert.All(f.Values.Cast<double>(), v => Assert.True(double.IsFinite(v))));
    }

    [Fact]
    public void A_constant_series_is_forecast_as_what_it_is()
    {
        var table = new SeriesTable([new Series("flat", TimeIndex.Regular(Tables.Start, Frequency.Parse("h"), 200), Enumerable.Repeat(5.0, 200).ToArray())]);
        using var forecaster = Forecaster.Fit(table, Options(), Quick);
        Assert.All(forecaster.Predict(table)[0].Median, v => Assert.Equal(5, v, 0.05));
    }

    [Fact]
    public void A_point_model_has_one_output()
    {
        var table = Tables.Seasonal();
        foreach (var loss in new[] { PointLoss.Absolute, PointLoss.Squared })
        {
            using var forecaster = Forecaster.Fit(table, Options() with { Quantiles = [] }, Quick with { PointLoss = loss });
            Assert.Equal([0.5], forecaster.Predict(table)[0].Levels);
        }
    }

    [Fact]
    public void A_horizon_that_does_not_fit_is_refused_with_what_would()
    {
        var error = Assert.Throws<NotEnoughDataException>(() => Forecaster.Fit(Tables.Seasonal(rows: 50), Options() with { Horizon = 60, Lookback = 0 }));
        Assert.Contains("use a horizon of at most 33", error.Message);
    }

    [Fact]
    public void A_value_too_large_to_compute_with_is_named()
    {
        var good = Tables.Seasonal(rows: 200).Series[0];
        var values = good.Values.ToArray();
        values[57] = 1e308;
        var error = Assert.Throws<DataException>(() => Forecaster.Fit(new SeriesTable([new Series("s0", good.Index, values)]), Options(), Quick));
        Assert.Contains("series 's0', row 58: the value 1E+308 is too large", error.Message);
    }

    [Fact]
    public void A_lookback_longer_than_the_data_is_refused()
    {
        var error = Assert.Throws<NotEnoughDataException>(() => Forecaster.Fit(Tables.Seasonal(rows: 100), Options() with { Lookback = 100_000 }));
        Assert.Contains("a lookback of 100000 rows is longer than the 70 training rows", error.Message);
    }

    [Fact]
    public void A_covariate_that_is_not_there_is_named()
    {
        var error = Assert.Throws<DataException>(() => Forecaster.Fit(Tables.Seasonal(covariates: true), Options() with { KnownCovariates = ["wind"] }));
        Assert.Contains("no covariate 'wind'; it has: known, past", error.Message);
    }
}
