using SkiaSharp;
using SP = global::ScottPlot;

namespace SsdForecast.Reports.Tests;

/// <summary>Compiled where ScottPlot restores, with TorchBackend=nuget.</summary>
public class ScottPlotRendererTests
{
    private static readonly ChartTheme Theme = ChartTheme.Light;

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

    [Fact]
    public void Every_chart_of_a_report_is_drawn_in_both_themes()
    {
        foreach (var (_, chart) in ForecastReport.Charts(Samples.Backtest(series: 2)))
        {
            foreach (var theme in (ChartTheme[])[ChartTheme.Light, ChartTheme.Dark])
            {
                using var plot = ScottPlotRenderer.ToPlot(chart, theme);
                using var picture = Draw(plot);
                Assert.Equal(SKColor.Parse(theme.Background), picture.GetPixel(2, 2));
                Assert.Contains(SKColor.Parse(theme.Text), Colours(picture, 0, (int)plot.LastRender.DataRect.Top));
            }
        }
    }

    [Fact]
    public void The_median_lies_over_the_narrow_interval_and_that_over_the_wide_one()
    {
        double[] x = [0, 1, 2];
        double[] Flat(double value) => [value, value, value];
        var chart = new Chart
        {
            Title = "A fan",
            Layers = [new BandLayer("intervals", x, [new(0.9, Flat(0), Flat(8)), new(0.5, Flat(2), Flat(6))], Tone.Vermilion), new LineLayer("median", x, Flat(4), Tone.Blue) { Width = 5 }],
        };
        using var plot = ScottPlotRenderer.ToPlot(chart);
        using var picture = Draw(plot);
        Assert.Equal(SKColor.Parse(Theme[Tone.Blue]), At(picture, plot, 1, 4));
        var (narrow, wide, outside) = (At(picture, plot, 1, 3.2), At(picture, plot, 1, 1.2), At(picture, plot, 1, 8.3));
        Assert.Equal(SKColor.Parse(Theme.Background), outside);
        // Vermilion has little blue: the thicker the paint, the less of it.
        Assert.True(narrow.Blue < wide.Blue && wide.Blue < outside.Blue, $"{narrow} {wide} {outside}");
    }

    [Fact]
    public void Row_0_of_a_matrix_is_on_top_and_its_signs_have_colours()
    {
        var chart = new Chart { Title = "A matrix", Layers = [new HeatmapLayer("m", new double[,] { { 1, 0 }, { 0, -1 }, { 0, 0 } })] };
        using var plot = ScottPlotRenderer.ToPlot(chart);
        using var picture = Draw(plot);
        var layer = (HeatmapLayer)chart.Layers[0];
        Assert.Equal(SKColor.Parse(Theme[layer.Tone]), At(picture, plot, 0, 2));
        Assert.Equal(SKColor.Parse(Theme[layer.NegativeTone]), At(picture, plot, 1, 1));
        Assert.Equal(SKColor.Parse(Theme.Background), At(picture, plot, 1, 2));
        Assert.Equal(["2", "1", "0"], plot.Axes.Left.TickGenerator.Ticks.OrderBy(t => t.Position).Select(t => t.Label));
    }

    [Fact]
    public void The_ticks_are_those_of_the_other_pictures()
    {
        var start = new DateTime(2024, 3, 1);
        double[] x = [.. Enumerable.Range(0, 73).Select(i => ChartTime.ToX(start.AddHours(i)))];
        using var plot = ScottPlotRenderer.ToPlot(Samples.Line(x, [.. x.Select((_, i) => 1e4 + 300.0 * i)], Axis.Time()));
        using var picture = Draw(plot);
        var ticks = plot.Axes.Bottom.TickGenerator.Ticks;
        Assert.Contains("00:00\nSat 2 Mar 2024", ticks.Select(t => t.Label));
        Assert.All(ticks, t => Assert.StartsWith(DateTime.FromOADate(t.Position).ToString("HH:mm"), t.Label, StringComparison.Ordinal));
        Assert.Contains("20,000", plot.Axes.Left.TickGenerator.Ticks.Select(t => t.Label));
    }

    [Fact]
    public void A_logarithmic_axis_has_the_exponents_as_coordinates_and_the_numbers_as_labels()
    {
        using var plot = ScottPlotRenderer.ToPlot(Samples.Line([1, 10, 1000], [1e-2, 1, 1e4], Axis.Number() with { Log = true }, Axis.Number() with { Log = true }));
        using var picture = Draw(plot);
        Assert.Equal("100", plot.Axes.Bottom.TickGenerator.Ticks.Single(t => Math.Abs(t.Position - 2) < 1e-9).Label);
        Assert.Equal("0.01", plot.Axes.Left.TickGenerator.Ticks.Single(t => Math.Abs(t.Position + 2) < 1e-9).Label);
    }

    [Fact]
    public void In_a_narrow_picture_the_titles_break_into_more_lines()
    {
        var chart = Samples.Line([1, 2], [1, 2]) with { Title = "A title that is too long for a narrow picture", Subtitle = "and a second line that is, too" };
        using var plot = ScottPlotRenderer.ToPlot(chart);
        using var wide = Draw(plot);
        var above = plot.LastRender.DataRect.Top;
        using var narrow = Draw(plot, 260);
        Assert.True(plot.LastRender.DataRect.Top > above + 12, $"{above} and {plot.LastRender.DataRect.Top}");
    }

    [Fact]
    public void Any_zoom_has_ticks_within_it_or_none() => Check.Property(random =>
    {
        Axis[] axes = [Axis.Number(), Axis.Time(), Axis.Number() with { Log = true }, Axis.Number() with { WholeNumbers = true, Cycle = 24 }, Axis.Category(["a", "b", "c"])];
        var chart = Samples.Line([1, 2, 3], [1, 2, 3], axes[random.Next(axes.Length)]);
        var ticks = new ScottPlotTicks(chart, 12);
        var centre = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(0, 9));
        var half = Math.Pow(10, random.Next(-6, 12));
        ticks.Regenerate(new SP.CoordinateRange(centre - half, centre + half), SP.Edge.Bottom, new SP.PixelLength(random.Next(0, 2000)), null!, null!);
        Assert.All(ticks.Ticks, t => Assert.InRange(t.Position, centre - half * 1.001, centre + half * 1.001));
    });

    private static SKBitmap Draw(SP.Plot plot, int width = 800) => SKBitmap.Decode(plot.GetImageBytes(width, 420, SP.ImageFormat.Png));

    private static SKColor At(SKBitmap picture, SP.Plot plot, double x, double y)
    {
        var pixel = plot.GetPixel(new SP.Coordinates(x, y));
        return picture.GetPixel((int)pixel.X, (int)pixel.Y);
    }

    private static HashSet<SKColor> Colours(SKBitmap picture, int top, int bottom)
    {
        var colours = new HashSet<SKColor>();
        for (var y = top; y < bottom; y++)
            for (var x = 0; x < picture.Width; x++) colours.Add(picture.GetPixel(x, y));
        return colours;
    }
}
