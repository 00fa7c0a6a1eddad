using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Tests;
using SsdForecast.Torch.Forecasters;
using SsdForecast.Torch.Training;
using SsdForecast.Torch.Windows;

namespace SsdForecast.Torch.Tests.Forecasters;

/// <summary>More than 100,000 events of real streams, with their gaps, jumps and repeated values: a state must not drift away from the batch pass.</summary>
public class StreamingEqualsBatchOnRealDataTests
{
    [Theory]
    [InlineData("ETT-small/ETTh1.csv")]
    [InlineData("nab/nyc_taxi.csv")]
    [InlineData("nab/machine_temperature_system_failure.csv")]
    [InlineData("nab/ec2_network_in_257a54.csv")]
    [InlineData("nab/elb_request_count_8c0756.csv")]
    [InlineData("nab/TravelTime_387.csv")]
    [InlineData("nab/Twitter_volume_AAPL.csv")]
    [Trait("speed", "slow")]
    public void Every_streamed_forecast_is_the_batch_one(string file)
    {
        if (!SharedData.TryGet($"datasets/{file}", out var path)) return;
        var table = SeriesCsv.Read(path);
        using var folder = new TemporaryFolder();
        var options = new ForecasterOptions { Horizon = 2, Lookback = 48, Quantiles = [0.1, 0.5, 0.9], Block = new BlockConfig { DModel = 16, DState = 16, HeadDim = 8 } };
        using var forecaster = Forecaster.Fit(table, options, new TrainingOptions { Epochs = 1, StepsPerEpoch = 20 });
        forecaster.Save(folder.Path);
        var model = RecurrentModel.Load(folder.Path);
        for (var s = 0; s < table.Series.Count; s++)
        {
            var series = table.Series[s];
            var batch = forecaster.ForecastAt(table, [new OriginRange(s, 0, series.Count - 1, series.Count)]).ToDictionary(f => f.Forecast.Origin, f => f.Forecast);
            var state = new float[model.StateLength];
            var values = new double[model.ForecastLength];
            model.InitializeState(state, series.Id);
            var largest = 0.0;
            for (var t = 0; t < series.Count; t++)
            {
                model.Observe(series.Id, state, new Observation(series.Index.HasTimestamps ? series.Index[t] : default, series.Values[t]));
                model.Forecast(state, values);
                var expected = batch[t].Values;
                // Relative to the forecast; where that happens to lie near zero, to what it is a sum over: the scales of the window and of the series.
                var least = Math.Max(model.Scale(state), 0.1 * model.Preprocessor.ScalerOf(series.Id).Std);
                for (var h = 0; h < 2; h++)
                    for (var q = 0; q < 3; q++)
                        largest = Math.Max(largest, Math.Abs(values[(3 * h) + q] - expected[h, q]) / Math.Max(Math.Abs(expected[h, q]), least));
            }

            Console.WriteLine($"{file}, {series.Id}: {series.Count} events, largest relative difference {largest:E1}");
            Assert.True(largest <= 1e-5, $"{series.Id}: {largest:E2}");
        }
    }
}
