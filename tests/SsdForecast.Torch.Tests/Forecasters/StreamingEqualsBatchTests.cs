using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Torch.Evaluation;
using SsdForecast.Torch.Forecasters;
using SsdForecast.Torch.Training;
using SsdForecast.Torch.Windows;

namespace SsdForecast.Torch.Tests.Forecasters;

/// <summary>The duality that the product stands on: what was trained in parallel, served as a recurrence, gives the same forecasts.</summary>
public class StreamingEqualsBatchTests
{
    [Theory]
    [InlineData(false, false, 0.0)]
    [InlineData(false, true, 0.1)]
    [InlineData(true, false, 0.0)]
    [InlineData(true, true, 0.1)]
    [InlineData(false, false, 0.0, "trapezoid")]
    [InlineData(true, false, 0.1, "trapezoid")]
    [InlineData(false, false, 0.0, "rotation")]
    [InlineData(true, false, 0.0, "rotation")]
    [InlineData(false, false, 0.0, "norm")]
    [InlineData(false, false, 0.0, "no convolution")]
    [InlineData(false, true, 0.1, "mamba3")]
    [InlineData(true, true, 0.1, "mamba3")]
    public void Stepping_a_saved_model_equals_its_batch_forward(bool irregular, bool covariates, double missing, string block = "plain")
    {
        var table = Tables.Seasonal(rows: 300, series: 2, missing: missing, irregular: irregular, covariates: covariates);
        using var folder = new TemporaryFolder();
        IReadOnlyList<(int Series, Forecast Forecast)> batch;
        using (var forecaster = Forecaster.Fit(table, Options(covariates, block), new TrainingOptions { Epochs = 2, StepsPerEpoch = 5, BatchSize = 4, WindowLength = 64 }))
        {
            forecaster.Save(folder.Path);
            batch = [.. forecaster.ForecastAt(table, [new(0, 0, 299, 300), new(1, 0, 299, 300)])];
        }

        var model = RecurrentModel.Load(folder.Path);
        for (var s = 0; s < 2; s++)
        {
            var series = table.Series[s];
            var state = model.CreateState(series.Id);
            var byOrigin = batch.Where(b => b.Series == s).ToDictionary(b => b.Forecast.Origin, b => b.Forecast);
            Assert.Equal(300, byOrigin.Count);
            for (var t = 0; t < series.Count; t++)
            {
                model.Observe(state, ObservationAt(series, t, model.Config));
                var (streamed, expected) = (model.Forecast(state), byOrigin[t]);
                for (var h = 0; h < expected.Horizon; h++)
                    for (var q = 0; q < expected.Levels.Count; q++)
                        Assert.True(
                            Math.Abs(streamed.Values[h, q] - expected.Values[h, q]) <= 1e-5 * Math.Abs(expected.Values[h, q]),
                            $"series {s}, row {t}, lead {h + 1}, level {expected.Levels[q]}: streamed {streamed.Values[h, q]:r}, batch {expected.Values[h, q]:r}");
            }
        }
    }

    private static ForecasterOptions Options(bool covariates, string block = "plain") => new()
    {
        Horizon = 4,
        Lookback = 30,
        Quantiles = [0.1, 0.5, 0.9],
        Block = Block(block),
        KnownCovariates = covariates ? ["known"] : [],
        PastCovariates = covariates ? ["past"] : [],
    };

    private static BlockConfig Block(string options)
    {
        var plain = new BlockConfig { DModel = 16, DState = 8, HeadDim = 8 };
        return options switch
        {
            "plain" => plain,
            "trapezoid" => plain with { Discretization = Discretization.Trapezoid },
            "rotation" => plain with { RotationFraction = 1 },
            "norm" => plain with { BCNorm = true, NGroups = 2 },
            "no convolution" => plain with { DConv = 0 },
            _ => plain with { Discretization = Discretization.Trapezoid, RotationFraction = 0.5, BCNorm = true, DConv = 0 },
        };
    }

    private static Observation ObservationAt(Series series, int t, ModelConfig config)
    {
        var time = series.Index[t];
        if (config.KnownCovariates == 0) return new Observation(time, series.Values[t]);
        var known = Enumerable.Range(1, config.Horizon).Select(h => t + h < series.Count ? series.Covariates["known"][t + h] : double.NaN).ToArray();
        return new Observation(time, series.Values[t], new[] { series.Covariates["past"][t] }, known);
    }

    [Fact]
    public void A_forecast_does_not_depend_on_what_comes_after_its_origin()
    {
        var table = Tables.Seasonal(rows: 200);
        using var forecaster = Forecaster.Fit(table, Options(false), new TrainingOptions { Epochs = 1, StepsPerEpoch = 3, BatchSize = 4, WindowLength = 64 });
        var changed = new SeriesTable([.. table.Series.Select(s => new Series(s.Id, s.Index, [.. s.Values.Select((v, t) => t > 120 ? -1e6 : v)]))]);
        OriginRange[] origins = [new(0, 100, 120, 200)];
        foreach (var ((_, a), (_, b)) in forecaster.ForecastAt(table, origins).Zip(forecaster.ForecastAt(changed, origins)))
            Assert.Equal(a.Values.Cast<double>(), b.Values.Cast<double>());
    }
}
