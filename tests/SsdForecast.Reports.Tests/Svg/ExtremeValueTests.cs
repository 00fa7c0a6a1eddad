using System.Xml.Linq;

namespace SsdForecast.Reports.Tests;

/// <summary>Data that a picture must survive: every text well-formed, no NaN and no infinity in it.</summary>
public class ExtremeValueTests
{
    public static TheoryData<string, double[], double[]> Data => new()
    {
        { "nothing", [], [] },
        { "one point", [5], [7] },
        { "one point at zero", [0], [0] },
        { "a constant", [1, 2, 3], [4, 4, 4] },
        { "all missing", [1, 2, 3], [double.NaN, double.NaN, double.NaN] },
        { "infinite", [1, 2, 3], [double.PositiveInfinity, 1, double.NegativeInfinity] },
        { "positions missing", [double.NaN, 2, double.NaN], [1, 2, 3] },
        { "huge", [1, 2, 3], [1e300, -1e300, 5e299] },
        { "beyond bounds", [1, 2, 3], [double.MaxValue, double.MinValue, 1] },
        { "huge positions", [-1e300, 1e300], [1, 2] },
        { "tiny", [1, 2], [1e-300, 2e-300] },
        { "denormal", [double.Epsilon, 2 * double.Epsilon], [double.Epsilon, 3 * double.Epsilon] },
        { "nearly constant", [1, 2, 3], [1e9, 1e9 + 1e-6, 1e9] },
        { "huge and tiny", [1, 2], [1e-300, 1e300] },
        { "negative only", [1, 2], [-5, -1e12] },
    };

    [Theory]
    [MemberData(nameof(Data))]
    public void Every_kind_of_layer_and_axis_survives(string what, double[] x, double[] y)
    {
        foreach (var log in new[] { false, true })
        {
            foreach (var axis in new[] { Axis.Number("x") with { Log = log }, Axis.Time(), Axis.Category(["a", "b"]) })
            {
                var chart = new Chart
                {
                    Title = what,
                    X = axis,
                    Y = Axis.Number("y") with { Log = log },
                    Layers =
                    [
                        new BandLayer("band", x, [new(0.5, y, y), new(0.9, [.. y.Select(v => v * 2)], [.. y.Select(v => -v)])]),
                        new LineLayer("line", x, y), new PointLayer("points", x, y), new BarLayer("bars", x, y),
                        RuleLayer.Horizontal(y.FirstOrDefault(), "value"), RuleLayer.Vertical(x.FirstOrDefault(), "position"),
                    ],
                };
                foreach (var options in new[] { new SvgOptions(), SvgOptions.Phone })
                {
                    var text = SvgRenderer.Render(chart, options);
                    Layouts.AssertReadable(text);
                    Assert.NotNull(XElement.Parse(text));
                    Layouts.Sound(ChartLayout.Of(chart, options));
                }
            }
        }
    }

    [Fact]
    public void An_empty_chart_says_so()
    {
        var layout = ChartLayout.Of(new Chart { Title = "Empty" }, new());
        Assert.True(layout.IsEmpty);
        Assert.Contains(layout.Texts, t => t.Text == "no data");
    }

    [Fact]
    public void Names_may_hold_anything()
    {
        var chart = new Chart { Title = "a\u0000b\u202E<x>&\"'\uD800 ]]>", Subtitle = "\r\n\t", X = Axis.Number("<", ">"), Layers = [new LineLayer("</svg>", [1, 2], [1, 2]), new LineLayer("\uFFFE", [1, 2], [1, 2])] };
        var root = XElement.Parse(SvgRenderer.Render(chart));
        Assert.Contains("<x>&\"'", root.Value, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202E', root.Value);
    }
}
