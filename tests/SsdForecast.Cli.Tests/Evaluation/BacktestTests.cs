using System.Text.Json;
using SsdForecast.Data;

namespace SsdForecast.Cli.Tests.Evaluation;

public class BacktestTests(TinyModel model) : IClassFixture<TinyModel>
{
    [Fact]
    public void A_model_is_held_against_two_baselines_on_the_last_horizons()
    {
        using var folder = new TemporaryFolder();
        using var json = JsonDocument.Parse(Cli.Good("backtest", model.Folder, model.Data, "--windows", "3", "--out", folder["b.csv"], "--json"));
        Assert.Equal(3, json.RootElement.GetProperty("forecasts").GetInt32());
        Assert.Equal(6, json.RootElement.GetProperty("stride").GetInt32());
        Assert.Equal(6, json.RootElement.GetProperty("mase_by_lead").GetProperty("ridge").GetArrayLength());
        var kept = ForecastCsv.Read(folder["b.csv"]);
        Assert.Equal([281, 287, 293], kept.Select(f => f.Forecast.Origin));
        Assert.All(kept, f => Assert.All(f.Actual, v => Assert.False(double.IsNaN(v))));
    }

    [Fact]
    public void A_configuration_is_trained_and_scored_and_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        File.Copy(model.Data, folder["load.csv"]);
        var config = folder.Write("run.yaml", """
            data: { path: load.csv }
            model: { horizon: 6, lookback: 24, layers: 1, d_model: 8, d_state: 4, head_dim: 4, quantiles: none }
            training: { epochs: 1, steps_per_epoch: 2, batch_size: 2, window_length: 32 }
            """);
        var result = Cli.Run("backtest", config, "--stride", "5");
        Assert.True(result.Code == 0, result.Error);
        Assert.Contains(result.Lines, l => l.StartsWith("ssd ", StringComparison.Ordinal));
        Assert.Equal(["load.csv", "run.yaml"], folder.Names);
    }

    [Fact]
    public void A_stride_beyond_the_rows_leaves_one_forecast()
    {
        using var json = JsonDocument.Parse(Cli.Good("backtest", model.Folder, model.Data, "--stride", "2147483647", "--json"));
        Assert.Equal(1, json.RootElement.GetProperty("forecasts").GetInt32());
    }

    [Fact]
    public void Windows_and_stride_exclude_each_other()
        => Assert.Contains("--stride", Cli.Fails(2, "backtest", model.Folder, model.Data, "--windows", "2", "--stride", "2"), StringComparison.Ordinal);

    [Fact]
    public void A_split_without_test_rows_fails_with_the_way_out()
        => Assert.Contains("shorter horizon", Cli.Fails(1, "backtest", model.Folder, model.Data, "--split", "last:10/3"), StringComparison.Ordinal);
}
