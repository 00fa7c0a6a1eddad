namespace SsdForecast.Reports.Tests;

/// <summary>Compiled where ScottPlot restores, with TorchBackend=nuget.</summary>
public class ScottPlotRendererTests
{
    [Fact]
    public void Every_layer_becomes_plottables()
    {
        double[] x = [0, 86_400, 172_800, 259_200], y = [1, double.NaN, 3, 4];
        var chart = new Chart
        {
            Title = "All layers",
            X = Axis.Time(),
            Layers = [new BandLayer("band", x, [new(0.9, y, y)]), new LineLayer("line", x, y), new PointLayer("points", x, y), RuleLayer.Vertical(86_400, "origin")],
        };
        using var plot = ScottPlotRenderer.ToPlot(chart);
        // The missing value splits the band and the line in two.
        Assert.Equal(6, plot.GetPlottables().Count());
        Assert.Equal(new DateTime(1970, 1, 1).ToOADate(), plot.Axes.GetLimits().Left, 6);
    }

    [Fact]
    public void The_theme_of_variables_is_refused() =>
        Assert.Throws<ArgumentException>(() => ScottPlotRenderer.ToPlot(Samples.Line([1, 2], [1, 2]), ChartTheme.Css));
}
