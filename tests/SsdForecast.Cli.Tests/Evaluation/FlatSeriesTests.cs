using System.Text.Json;

namespace SsdForecast.Cli.Tests.Evaluation;

/// <summary>A series that never changes: nothing to scale its errors by.</summary>
public class FlatSeriesTests
{
    [Fact]
    public void Its_MASE_is_none_and_is_left_out_of_the_mean()
    {
        using var folder = new TemporaryFolder();
        var rows = File.ReadAllLines(folder.Write("load.csv", SmallData.Hourly()));
        var flat = folder.Write("flat.csv", rows[0] + "\n" + string.Join('\n', rows[1..].Select((l, i) => l.Split(',')[0] + (i < 250 ? ",0.1" : ",0.30000000000000004"))));
        var fitted = TinyFit.Fit(flat, folder["flat"]);
        Assert.True(fitted.Code == 0, fitted.Error);
        Assert.Matches(@"(?m)^ssd +– ", fitted.Output);
        Assert.Contains("The MASE is undefined: the training rows are flat", fitted.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", fitted.Output, StringComparison.Ordinal);
        var metrics = JsonDocument.Parse(Cli.Good("backtest", folder["flat"], flat, "--json")).RootElement.GetProperty("metrics")[0];
        Assert.Equal(JsonValueKind.Null, metrics.GetProperty("mase").ValueKind);
        Assert.Equal(1, metrics.GetProperty("unscaled_series").GetInt32());
        Cli.Good("report", folder["flat"], "--data", flat, "--out", folder["r.html"]);
        Assert.Contains("The MASE is undefined", File.ReadAllText(folder["r.html"]), StringComparison.Ordinal);

        var both = folder.Write("both.csv", "date,load,still\n" + string.Join('\n', rows[1..].Select(l => l + ",0.1")));
        fitted = TinyFit.Fit(both, folder["both"]);
        Assert.Matches(@"(?m)^ssd +[0-9]", fitted.Output);
        Assert.Contains("The MASE leaves out 1 series", fitted.Output, StringComparison.Ordinal);
    }
}
