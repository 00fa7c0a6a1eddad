using System.Globalization;
using System.Text;
using System.Text.Json;

namespace SsdForecast.Cli.Tests.Benchmarks;

public class AnomalyBenchmarkTests
{
    [Fact]
    public void Streams_are_judged_after_their_training_rows_and_windows_counted()
    {
        using var folder = new TemporaryFolder();
        // 400 rows of which 80 are trained on and validated; a spike at row 300, in a window, one at row 350, in none; a window before the judged rows.
        var random = new Random(1);
        var text = new StringBuilder("date,load\n");
        for (var t = 0; t < 400; t++) text.Append(CultureInfo.InvariantCulture, $"{SmallData.Time(t)},{50 + (10 * Math.Sin(t * 2 * Math.PI / 24)) + random.NextDouble() + (t is 300 or 350 ? 1e6 : 0):F3}\n");
        var data = folder.Write("load.csv", text.ToString());
        string Window(int from, int to) => $"load.csv,{SmallData.Time(from)}:00,{SmallData.Time(to)}:00\n";
        var windows = folder.Write("windows.csv", "file,start,end\n" + Window(10, 20) + Window(295, 305) + Window(390, 395) + "other.csv,2024-01-01,2024-12-31\n");
        string[] args = ["benchmark", "anomalies", data, "--windows", windows, "--quiet", .. TinyFit.Options];
        using var json = JsonDocument.Parse(Cli.Good([.. args, "--json"]));
        var stream = json.RootElement.GetProperty("streams")[0];
        double Of(string name) => stream.GetProperty(name).GetDouble();
        Assert.Equal(320, Of("judged"));
        Assert.Equal(2, Of("windows"));
        Assert.Equal(1, Of("windows_hit"));
        Assert.InRange(Of("flags"), 2, 40);
        Assert.InRange(Of("flags_outside"), 1, Of("flags") - 1);
        Assert.Equal(1000 * Of("flags_outside") / 320, Of("flags_outside_per_thousand"), 9);
        Assert.InRange(Of("mase"), 0.01, 1000);
        Assert.InRange(Of("calibrated_coverage"), 0.6, 1);

        // A level that nothing is below flags nothing; an adapted head forecasts otherwise.
        using var other = JsonDocument.Parse(Cli.Good([.. args, "--json", "--level", "1e-300", "--adapt"]));
        Assert.Equal(0, other.RootElement.GetProperty("streams")[0].GetProperty("flags").GetInt32());
        Assert.NotEqual(Of("mase"), other.RootElement.GetProperty("streams")[0].GetProperty("mase").GetDouble());
        Assert.Equal(Of("coverage"), other.RootElement.GetProperty("streams")[0].GetProperty("coverage").GetDouble());
        Assert.Contains("1 of 2 windows hit", Cli.Good(args), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("load.csv,2024-01-02,2024-01-01", "windows.csv:2: not a window")]
    [InlineData("load.csv,soon,later", "windows.csv:2: not a window")]
    [InlineData("load.csv,2024-01-02", "write file,start,end")]
    public void A_line_that_is_no_window_is_named(string line, string problem)
    {
        using var folder = new TemporaryFolder();
        var data = folder.Write("load.csv", SmallData.Hourly(60));
        Assert.Contains(problem, Cli.Fails(1, "benchmark", "anomalies", data, "--windows", folder.Write("windows.csv", "file,start,end\n" + line + "\n"), "--quiet"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_level_that_is_none_is_told()
        => Assert.StartsWith("ssdf: --level: 2 is not between 0 and 1", Cli.Fails(2, "benchmark", "anomalies", "any.csv", "--level", "2"), StringComparison.Ordinal);
}
