using System.Text.Json;

namespace SsdForecast.Cli.Tests.Evaluation;

/// <summary>The benchmarks run and print what they promise; how fast is no matter of a test.</summary>
public class BenchmarkTests(TinyModel model) : IClassFixture<TinyModel>
{
    [Fact]
    public void Parity_runs_to_its_end_with_and_without_turning_states()
    {
        var models = JsonDocument.Parse(Cli.Good("benchmark", "parity", "--steps", "2", "--test-length", "257", "--json")).RootElement;
        Assert.Equal(["plain SSD", "with rotation"], models.EnumerateArray().Select(m => m.GetProperty("model").GetString()));
        foreach (var m in models.EnumerateArray())
        {
            Assert.InRange(m.GetProperty("within").GetDouble(), 0.4, 0.6);
            Assert.InRange(m.GetProperty("loss").GetDouble(), 0.5, 1);
            Assert.Equal((256, 257, 2), (m.GetProperty("seen").GetInt32(), m.GetProperty("test_length").GetInt32(), m.GetProperty("steps").GetInt32()));
        }

        Assert.StartsWith("ssdf: --test-length: 256 is not beyond", Cli.Fails(2, "benchmark", "parity", "--test-length", "256"), StringComparison.Ordinal);
        Assert.StartsWith("ssdf: --steps: 0 is too small", Cli.Fails(2, "benchmark", "parity", "--steps", "0"), StringComparison.Ordinal);
    }

    [Fact]
    public void Ltsf_gives_errors_on_standardised_values_over_every_test_window()
    {
        using var json = JsonDocument.Parse(Cli.Good(["benchmark", "ltsf", model.Data, "--horizon", "6", .. TinyFit.With("--quantiles", "none"), "--json", "--quiet"]));
        // 300 rows: the last ⌊0.2·300⌋ = 60 are test rows, 60 − 6 + 1 windows.
        Assert.Equal(55, json.RootElement.GetProperty("windows").GetInt32());
        Assert.InRange(json.RootElement.GetProperty("mse").GetDouble(), 1e-6, 5);
        Assert.InRange(json.RootElement.GetProperty("mae").GetDouble(), 1e-3, 3);
    }

    [Fact]
    public void Stream_measures_a_model_and_one_of_its_own()
    {
        using var own = JsonDocument.Parse(Cli.Good("benchmark", "stream", "--events", "50", "--series", "5", "--json"));
        Assert.True(own.RootElement.GetProperty("events_per_second").GetDouble() > 0);
        var runtime = own.RootElement.GetProperty("runtime");
        Assert.Equal(0, runtime.GetProperty("observe_and_forecast").GetProperty("allocated_bytes").GetDouble());
        Assert.True(runtime.GetProperty("batch").GetProperty("one_event").GetDouble() > 0);
        Assert.True(runtime.GetProperty("prefill").GetProperty("prefill").GetDouble() > 0);
        // libtorch gives the forecasts that the runtime gives.
        Assert.InRange(runtime.GetProperty("torch_difference").GetDouble(), 0, 1e-4);
        using var given = JsonDocument.Parse(Cli.Good("benchmark", "stream", model.Folder, "--events", "50", "--series", "5", "--json"));
        Assert.Equal(6, given.RootElement.GetProperty("horizon").GetInt32());
    }

    [Fact]
    public void Stream_prints_a_table()
    {
        var output = Cli.Good("benchmark", "stream", "--small", "--events", "50", "--series", "5");
        foreach (var row in new[] { "observe, one thread", "int8 weights", "libtorch", "prefill is", "bytes a series" }) Assert.Contains(row, output, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_measures_samples_a_second()
    {
        using var folder = new TemporaryFolder();
        File.Copy(model.Data, folder["load.csv"]);
        var config = folder.Write("run.yaml", """
            data: { path: load.csv }
            model: { horizon: 6, lookback: 24, layers: 1, d_model: 8, d_state: 4, head_dim: 4 }
            training: { batch_size: 2, window_length: 32 }
            """);
        using var json = JsonDocument.Parse(Cli.Good("benchmark", "train", config, "--steps", "2", "--json"));
        Assert.Equal(2, json.RootElement.GetProperty("steps").GetInt32());
        Assert.True(json.RootElement.GetProperty("samples_per_second").GetDouble() > 0);
    }
}
