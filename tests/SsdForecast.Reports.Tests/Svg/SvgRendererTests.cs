using System.Globalization;
using System.Xml.Linq;

namespace SsdForecast.Reports.Tests;

public class SvgRendererTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void A_picture_is_one_accessible_svg_element()
    {
        var root = Root(new Chart { Title = "Load & weather", Subtitle = "by hour", Layers = [new LineLayer("a", [1, 2], [1, 2])] });
        Assert.Equal(Svg + "svg", root.Name);
        Assert.Equal("img", root.Attribute("role")!.Value);
        var labels = root.Attribute("aria-labelledby")!.Value.Split(' ');
        Assert.Equal("Load & weather", root.Elements(Svg + "title").Single(e => e.Attribute("id")!.Value == labels[0]).Value);
        Assert.Equal("by hour", root.Elements(Svg + "desc").Single(e => e.Attribute("id")!.Value == labels[1]).Value);
    }

    [Fact]
    public void Ids_are_unique_and_every_reference_to_them_resolves()
    {
        var root = Root(Samples.Line([1, 2], [1, 2]));
        var ids = root.DescendantsAndSelf().Select(e => e.Attribute("id")?.Value).OfType<string>().ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(ids, id => Assert.StartsWith("chart", id, StringComparison.Ordinal));
        var clip = root.Descendants(Svg + "g").Select(e => e.Attribute("clip-path")?.Value).OfType<string>().Single();
        Assert.Contains(clip["url(#".Length..^1], ids);
    }

    [Fact]
    public void Missing_values_break_a_line_and_a_lone_value_is_a_dot()
    {
        var root = Root(Samples.Line([1, 2, 3, 4, 5, 6, 7], [1, 2, double.NaN, 4, double.NaN, 6, 7]), new() { Tooltips = false });
        var path = root.Descendants(Svg + "path").Single().Attribute("d")!.Value;
        Assert.Equal(2, path.Count(c => c == 'M'));
        Assert.Single(root.Descendants(Svg + "circle"));
    }

    [Fact]
    public void Intervals_are_drawn_widest_first_with_the_upper_edge_above_the_lower()
    {
        double[] x = [0, 1, 2];
        var band = new BandLayer("fan", x, [new(0.5, [4, 4, 4], [6, 6, 6]), new(0.9, [1, 2, 1], [9, 9, 9])]);
        var root = Root(new Chart { Title = "fan", Layers = [band] }, new() { Tooltips = false });
        var heights = root.Descendants(Svg + "path").Select(p => Ys(p.Attribute("d")!.Value)).Select(ys => ys.Max() - ys.Min()).ToList();
        Assert.Equal(2, heights.Count);
        Assert.True(heights[0] > heights[1]);
        foreach (var path in root.Descendants(Svg + "path"))
        {
            var ys = Ys(path.Attribute("d")!.Value);
            for (var i = 0; i < x.Length; i++) Assert.True(ys[i] > ys[^(i + 1)], "lower ends lie below upper ends, in pixels downwards");
        }
    }

    [Fact]
    public void Crossed_ends_of_an_interval_are_put_in_order()
    {
        var crossed = Root(new Chart { Title = "c", Layers = [new BandLayer(null, [0, 1], [new(0.9, [5, 1], [2, 8])])] });
        var ys = Ys(crossed.Descendants(Svg + "path").Single().Attribute("d")!.Value);
        Assert.True(ys[0] > ys[3] && ys[1] > ys[2]);
    }

    [Fact]
    public void A_hundred_thousand_points_keep_their_spike_and_fit_in_a_small_file()
    {
        var x = Enumerable.Range(0, 100_000).Select(i => (double)i).ToArray();
        var y = Array.ConvertAll(x, v => Math.Sin(v / 50));
        y[54_321] = 40;
        var chart = Samples.Line(x, y);
        var text = SvgRenderer.Render(chart);
        Assert.True(text.Length < 200_000, $"{text.Length} characters");
        var layout = ChartLayout.Of(chart, new());
        Assert.Equal(layout.Y.Map(40), Ys(XElement.Parse(text).Descendants(Svg + "path").Single().Attribute("d")!.Value).Min(), 0.11);
    }

    [Fact]
    public void Sparse_positions_carry_a_tooltip_with_every_value_there()
    {
        var root = Root(new Chart { Title = "t", X = Axis.Time(), Layers = [new LineLayer("actual", [0, 3600], [1.5, 2]), new LineLayer("forecast", [0, 3600], [1.25, 3])] });
        var tips = root.Descendants(Svg + "rect").Elements(Svg + "title").Select(e => e.Value).ToList();
        Assert.Equal(2, tips.Count);
        Assert.Contains("1 Jan 1970", tips[0], StringComparison.Ordinal);
        Assert.Contains("actual: 1.5", tips[0], StringComparison.Ordinal);
        Assert.Contains("forecast: 1.25", tips[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Whole_numbers_in_a_tooltip_are_written_whole()
    {
        var root = Root(new Chart { Title = "t", X = Axis.Number("Lead time"), Layers = [new LineLayer("ssd", [1, 2], [5, 0.25])] });
        Assert.Equal(["Lead time 1\nssd: 5", "Lead time 2\nssd: 0.25"], root.Descendants(Svg + "rect").Elements(Svg + "title").Select(e => e.Value));
    }

    [Fact]
    public void A_category_without_a_name_takes_no_room_from_those_with_one()
    {
        string[] names = [.. Enumerable.Range(0, 64).Select(i => i % 16 == 0 ? $"row{i}" : "")];
        var matrix = new double[64, 64];
        var texts = Root(new Chart { Title = "m", X = Axis.Category(names), Y = Axis.Category(names), Layers = [new HeatmapLayer(null, matrix)] }).Descendants(Svg + "text").Select(e => e.Value).ToList();
        foreach (var name in names.Where(n => n.Length > 0)) Assert.Equal(2, texts.Count(t => t == name));
        Assert.DoesNotContain("", texts);
    }

    [Fact]
    public void Dense_positions_and_pictures_without_tooltips_have_none()
    {
        var x = Enumerable.Range(0, 5000).Select(i => (double)i).ToArray();
        Assert.Empty(Root(Samples.Line(x, x)).Descendants(Svg + "rect").Elements(Svg + "title"));
        Assert.Empty(Root(Samples.Line([1, 2], [1, 2]), new() { Tooltips = false }).Descendants(Svg + "rect").Elements(Svg + "title"));
    }

    [Fact]
    public void A_narrow_picture_is_laid_out_anew()
    {
        double[] x = [ChartTime.ToX(new DateTime(2024, 1, 1)), ChartTime.ToX(new DateTime(2024, 1, 9))];
        var chart = Samples.Line(x, [1, 2], Axis.Time());
        var wide = ChartLayout.Of(chart, new());
        var phone = ChartLayout.Of(chart, SvgOptions.Phone);
        Assert.True(phone.XTicks.Ticks.Count < wide.XTicks.Ticks.Count);
        Assert.Equal(390, phone.Options.Width);
        Layouts.Sound(phone);
    }

    [Fact]
    public void Bars_of_several_layers_stand_side_by_side()
    {
        var chart = new Chart { Title = "b", X = Axis.Category(["a", "b"]), Layers = [new BarLayer("p", [0, 1], [1, 2]), new BarLayer("q", [0, 1], [3, 4], Tone.Green)] };
        var rects = Root(chart).Descendants(Svg + "rect").Where(r => r.Element(Svg + "title") is not null).Select(r => (Left: Number(r, "x"), Right: Number(r, "x") + Number(r, "width"))).OrderBy(r => r.Left).ToList();
        Assert.Equal(4, rects.Count);
        for (var i = 1; i < rects.Count; i++) Assert.True(rects[i].Left >= rects[i - 1].Right);
    }

    [Fact]
    public void A_heat_map_has_a_cell_a_value_and_leaves_missing_ones_blank()
    {
        var matrix = new[,] { { 1, 0.5, double.NaN }, { -1, 0.25, 1 } };
        var cells = Root(new Chart { Title = "h", Layers = [new HeatmapLayer(null, matrix)] }).Descendants(Svg + "rect").Where(r => r.Element(Svg + "title") is not null).ToList();
        Assert.Equal(5, cells.Count);
        Assert.Equal(ChartTheme.Light[Tone.Vermilion], cells.Single(c => c.Element(Svg + "title")!.Value.Contains('−')).Attribute("fill")!.Value);
    }

    [Theory]
    [InlineData(100.0)]
    [InlineData(double.NaN)]
    [InlineData(1e9)]
    public void A_width_that_makes_no_sense_is_refused(double width)
    {
        var error = Assert.Throws<ArgumentException>(() => SvgRenderer.Render(Samples.Line([1, 2], [1, 2]), new() { Width = width }));
        Assert.Contains("width", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Axis_limits_the_wrong_way_round_are_refused() =>
        Assert.Throws<ArgumentException>(() => SvgRenderer.Render(Samples.Line([1, 2], [1, 2], yAxis: Axis.Number("y") with { Min = 3, Max = 2 })));

    [Theory]
    [InlineData(0.0)]
    [InlineData(-1.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_limit_that_a_logarithmic_axis_cannot_have_is_refused(double limit)
    {
        var error = Assert.Throws<ArgumentException>(() => SvgRenderer.Render(Samples.Line([1, 2], [1, 2], yAxis: Axis.Number("size") with { Log = true, Min = limit })));
        Assert.Contains("“size”", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_charts_give_equal_text() =>
        Assert.Equal(SvgRenderer.Render(Samples.Line([1, 2], [1, 2])), SvgRenderer.Render(Samples.Line([1, 2], [1, 2])));

    private static XElement Root(Chart chart, SvgOptions? options = null) => XElement.Parse(SvgRenderer.Render(chart, options));

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);

    private static List<double> Ys(string path) =>
        [.. path.Split(['M', 'L', 'Z'], StringSplitOptions.RemoveEmptyEntries).Select(p => double.Parse(p.Split(' ')[1], CultureInfo.InvariantCulture))];
}
