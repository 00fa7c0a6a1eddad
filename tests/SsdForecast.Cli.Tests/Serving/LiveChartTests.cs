using SsdForecast.Cli.Serving;

namespace SsdForecast.Cli.Tests.Serving;

public class LiveChartTests
{
    [Fact]
    public void Values_lie_over_the_forecasts_that_were_made_before_them()
    {
        var chart = new LiveChart();
        Assert.Empty(chart.Draw(20, 5));
        chart.Add("a", 0, [1, 2, 3], 1);
        chart.Add("b", 100, [1, 2, 3], 1);
        chart.Add("a", 4, [0, 1, 2], 1);
        chart.Add("a", double.NaN, [0, 0, 0], 1);
        Assert.Equal(
            [
                "         4 │  ● ",
                "           │  ░ ",
                "           │  ─░",
                "           │  ░─",
                "         0 │ ● ░",
            ],
            chart.Draw(20, 5));
        Assert.StartsWith("a: ", chart.Title, StringComparison.Ordinal);
    }

    [Fact]
    public void It_shows_the_last_that_fit()
    {
        var chart = new LiveChart();
        for (var i = 0; i < 1000; i++) chart.Add("a", i, [i, i, i], 1);
        var lines = chart.Draw(30, 6);
        Assert.Equal(6, lines.Length);
        Assert.All(lines, l => Assert.Equal(10 + 3 + 30, l.Length));
        Assert.Contains("999", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void An_anomaly_stands_out_and_is_explained()
    {
        var chart = new LiveChart();
        chart.Add("a", 5, [4, 5, 6], 1);
        Assert.DoesNotContain('◆', chart.Title);
        chart.Add("a", 50, [4, 5, 6], 1, isAnomaly: true);
        chart.Add("a", 5, [4, 5, 6], 1);
        Assert.Contains("◆ anomaly", chart.Title, StringComparison.Ordinal);
        Assert.Equal(1, string.Concat(chart.Draw(20, 6)).Count(c => c == '◆'));
        Assert.Equal(2, string.Concat(chart.Draw(20, 6)).Count(c => c == '●'));
    }
}
