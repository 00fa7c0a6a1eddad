namespace SsdForecast.Reports.Tests;

/// <summary>Whatever the data and the size of the picture, its texts keep apart and its ticks stay inside.</summary>
public class LayoutPropertyTests
{
    [Fact]
    public void Number_axes_of_any_range_and_width() => Check.Property(random =>
    {
        var magnitude = Math.Pow(10, random.Next(-290, 290));
        double Draw() => (random.NextDouble() * 2 - (random.Next(2) == 0 ? 1 : 0)) * magnitude;
        var layout = ChartLayout.Of(Samples.Line([Draw(), Draw(), Draw()], [Draw(), Draw(), Draw()]), Options(random));
        Layouts.Sound(layout);
        Assert.NotEmpty(layout.YTicks.Ticks);
    });

    [Fact]
    public void Number_axes_far_from_zero() => Check.Property(random =>
    {
        var centre = Math.Pow(10, random.Next(0, 12)) * (random.Next(2) * 2 - 1);
        var span = Math.Abs(centre) * Math.Pow(10, -random.Next(0, 9));
        // A label of eleven digits and a plot beside it need some room.
        var options = Options(random);
        var layout = ChartLayout.Of(Samples.Line([centre, centre + span], [centre, centre + span]), options with { Width = Math.Max(options.Width, 260) });
        Layouts.Sound(layout);
        Assert.Equal(layout.YTicks.Ticks.Count, layout.YTicks.Ticks.Select(t => t.Label).Distinct().Count());
    });

    [Fact]
    public void Time_axes_of_any_span_and_width() => Check.Property(
        random =>
        {
            var start = new DateTime(random.Next(1, 9000), random.Next(1, 13), 1).AddSeconds(random.NextDouble() * 30 * 86400);
            var span = Math.Pow(10, random.NextDouble() * 13.5 - 2.5); // 3 milliseconds to some 3000 years
            var x = ChartTime.ToX(start);
            var layout = ChartLayout.Of(Samples.Line([x, x + span / 3, Math.Min(x + span, ChartTime.ToX(DateTime.MaxValue))], [1, 3, 2], Axis.Time()), Options(random));
            Layouts.Sound(layout);
            Assert.NotEmpty(layout.XTicks.Ticks);
        },
        1000);

    [Fact]
    public void Logarithmic_axes() => Check.Property(random =>
    {
        var low = Math.Pow(10, random.NextDouble() * 40 - 20);
        var high = low * Math.Pow(10, random.NextDouble() * random.Next(1, 40));
        var layout = ChartLayout.Of(Samples.Line([low, high], [low, high], Axis.Number("x") with { Log = true }, Axis.Number("y") with { Log = true }), Options(random));
        Layouts.Sound(layout);
    });

    [Fact]
    public void Category_axes_with_long_and_many_names() => Check.Property(random =>
    {
        var names = Enumerable.Range(0, random.Next(1, 60)).Select(_ => new string('m', random.Next(1, 40))).ToList();
        var xs = names.Select((_, i) => (double)i).ToArray();
        var chart = new Chart
        {
            Title = "Bars " + new string('w', random.Next(100)),
            Subtitle = string.Join(' ', names.Take(20)),
            X = Axis.Category(names),
            Y = Axis.Number("Height"),
            Layers = [new BarLayer(names[0], xs, xs), new BarLayer(names[^1], xs, xs, Tone.Green), RuleLayer.Horizontal(xs[^1] * random.NextDouble(), "here")],
        };
        Layouts.Sound(ChartLayout.Of(chart, Options(random)));
    });

    [Fact]
    public void Rules_captions_and_cycles() => Check.Property(random =>
    {
        var n = random.Next(2, 800);
        double[] xs = [.. Enumerable.Range(1, n).Select(i => (double)i)];
        var chart = new Chart
        {
            Title = "Leads",
            X = Axis.Number("Lead time", "steps of 30 minutes") with { WholeNumbers = true, Cycle = random.Next(3) == 0 ? 0 : random.Next(1, 100) },
            Y = Axis.Number("A quantity with a name that is rather long", "units"),
            Layers = [new LineLayer("a", xs, xs), new LineLayer("b", xs, xs), RuleLayer.Vertical(1 + random.NextDouble() * n, "forecast from here"), RuleLayer.Vertical(1 + random.NextDouble() * n, "another origin")],
        };
        var layout = ChartLayout.Of(chart, Options(random));
        Layouts.Sound(layout);
        Assert.All(layout.XTicks.Ticks, t => Assert.Equal(Math.Round(t.Value), t.Value, 9));
    });

    private static SvgOptions Options(Random random) => new()
    {
        Width = random.Next(160, 1600),
        PlotHeight = random.Next(60, 600),
        FontSize = random.Next(8, 15),
        Padding = random.Next(0, 24),
    };
}
