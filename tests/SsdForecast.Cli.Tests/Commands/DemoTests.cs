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
        foreach (var name in (string[])["model/config.json", "forecast.csv", "backtest.csv", "report.html"]) Assert.True(File.Exists(folder["demo/" + name]), name);
        Assert.Contains("the model's MASE is 0.", result.Output, StringComparison.Ordinal);
        Assert.Matches("largest relative difference from batch [0-9.e+-]+, within 1.0e-4", result.Output);
        Assert.Contains("Open ", result.Output, StringComparison.Ordinal);
    }
}
