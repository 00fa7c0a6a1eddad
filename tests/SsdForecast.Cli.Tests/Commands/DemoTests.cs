using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SsdForecast.Cli.Tests.Commands;

public class DemoTests
{
    [Fact]
    [Trait("speed", "slow")]
    public void The_demo_goes_the_whole_way()
    {
        using var folder = new TemporaryFolder();
        // Without training it is ridge regression, with everything after it.
        var result = Cli.Run("demo", "--out", folder["demo"], "--epochs", "0");
        Assert.True(result.Code == 0, result.Error + result.Output);
        Assert.Equal(["demo"], folder.Names);
        foreach (var name in (string[])["model/config.json", "forecast.csv", "backtest.csv", "report.html"]) Assert.True(File.Exists(folder["demo/" + name]), name);
        Assert.Contains("the model's MASE is 0.", result.Output, StringComparison.Ordinal);
        Assert.Matches("largest relative difference from batch [0-9.e+-]+, within 1.0e-4", result.Output);
        Assert.Contains("Open ", result.Output, StringComparison.Ordinal);

        // The same numbers as JSON, which is all of standard output.
        using var json = JsonDocument.Parse(Cli.Good("demo", "--out", folder["demo"], "--epochs", "0", "--json"));
        var root = json.RootElement;
        Assert.Contains($"the model's MASE is {Number(root, "mase_ratio"):F2} of", result.Output, StringComparison.Ordinal);
        Assert.Contains($"{root.GetProperty("forecasts").GetInt32()} forecasts; season {root.GetProperty("season").GetInt32()} rows", result.Output, StringComparison.Ordinal);
        var ssd = root.GetProperty("metrics")[0];
        Assert.Matches($@"ssd +{Regex.Escape(Number(ssd, "mase").ToString("F4", CultureInfo.InvariantCulture))} ", result.Output);
        var stream = root.GetProperty("stream");
        Assert.True(stream.GetProperty("agrees").GetBoolean());
        Assert.Contains($"{root.GetProperty("forecasts").GetInt32()} forecasts compared", result.Output, StringComparison.Ordinal);
        Assert.Equal(root.GetProperty("forecasts").GetInt32(), stream.GetProperty("compared").GetInt32());
        foreach (var name in (string[])["model", "forecast", "backtest", "report"])
            Assert.True(Path.Exists(root.GetProperty("files").GetProperty(name).GetString()), name);
    }

    private static double Number(JsonElement element, string name) => element.GetProperty(name).GetDouble();

    [Fact]
    public void A_folder_that_cannot_be_written_is_refused_before_training()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("demo", "not a folder");
        Assert.StartsWith("ssdf: --out: ", Cli.Fails(2, "demo", "--out", file), StringComparison.Ordinal);
        Assert.StartsWith("ssdf: --out: ", Cli.Fails(1, "demo", "--out", folder["demo/below"]), StringComparison.Ordinal);
        Assert.Equal("not a folder", File.ReadAllText(file));
    }
}
