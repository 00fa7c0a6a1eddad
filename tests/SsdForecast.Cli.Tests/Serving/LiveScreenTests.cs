using FsCheck;
using FsCheck.Fluent;
using Spectre.Console.Rendering;
using SsdForecast.Cli.Serving;

namespace SsdForecast.Cli.Tests.Serving;

public class LiveScreenTests
{
    [Fact]
    public void A_view_fits_every_terminal() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        var chart = new LiveChart();
        for (var i = random.Next(3) == 0 ? 0 : random.Next(500); i > 0; i--) chart.Add("日本語 series\n", random.NextDouble() * 1e6, [0, 5e5, 1e6], 1);
        var (width, height) = (random.Next(1, 120), random.Next(1, 40));
        string[] head = [.. Enumerable.Range(0, random.Next(2, 4)).Select(i => $"head {i} {new string('x', random.Next(200))}")];
        string[] notes = [.. Enumerable.Range(0, random.Next(5)).Select(i => $"note {i} \e[2J {new string('語', random.Next(100))}")];
        var lines = LiveView.Lines(head, chart, notes, width, height);
        Assert.True(lines.Count <= height);
        Assert.Equal(head.Take(height), lines.Take(head.Length).Select(l => l.Text));

        var frame = LiveScreen.Frame(lines, width, height);
        Assert.DoesNotContain("\e[2J", frame, StringComparison.Ordinal);
        var painted = frame["\e[H".Length..^"\e[J".Length].Split("\r\n");
        Assert.Equal(lines.Count, painted.Length);
        foreach (var line in painted)
        {
            Assert.EndsWith("\e[0m\e[K", line, StringComparison.Ordinal);
            Assert.InRange(new Segment(line.Replace("\e[0m\e[K", "", StringComparison.Ordinal).Replace("\e[1m", "", StringComparison.Ordinal).Replace("\e[33m", "", StringComparison.Ordinal)).CellCount(), 0, width);
        }

        return true;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Theory]
    [InlineData(24, 12, 4, true)]
    [InlineData(16, 9, 4, true)]
    [InlineData(10, 3, 4, true)]
    [InlineData(8, 3, 2, true)]
    [InlineData(6, 3, 0, true)]
    [InlineData(5, 3, 0, false)]
    [InlineData(4, 0, 0, false)]
    [InlineData(1, 0, 0, false)]
    public void A_low_terminal_keeps_the_counts_and_then_the_chart(int height, int chartRows, int noteRows, bool hasTitle)
    {
        var chart = new LiveChart();
        for (var i = 0; i < 50; i++) chart.Add("a", i, [i, i, i], 1);
        var lines = LiveView.Lines(["counts", "score"], chart, ["1", "2", "3", "4"], 60, height);
        Assert.Equal(chartRows, lines.Count(l => l.Text.Contains('│')));
        Assert.Equal(noteRows, lines.Count(l => l.Style == LiveStyle.Note));
        Assert.Equal(hasTitle, lines.Any(l => l.Style == LiveStyle.Title));
        if (noteRows > 0) Assert.Equal("4", lines[^1].Text);
    }

    [Fact]
    public void The_terminal_is_left_as_it_was()
    {
        using var terminal = new StringWriter();
        using (var screen = new LiveScreen(terminal)) screen.Paint([new LiveLine("a")], 10, 5);
        var text = terminal.ToString();
        foreach (var mode in new[] { "?1049", "?25", "?7" })
            Assert.Equal(mode == "?1049" ? 'l' : 'h', text[text.LastIndexOf("\e[" + mode, StringComparison.Ordinal) + 2 + mode.Length]);
    }
}
