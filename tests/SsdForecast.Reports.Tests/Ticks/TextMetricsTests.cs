namespace SsdForecast.Reports.Tests;

public class TextMetricsTests
{
    [Fact]
    public void Width_grows_with_size_weight_and_length()
    {
        Assert.Equal(2 * TextMetrics.Width("Load", 10), TextMetrics.Width("Load", 20), 9);
        Assert.True(TextMetrics.Width("Load", 10, bold: true) > TextMetrics.Width("Load", 10));
        Assert.Equal(6.36, TextMetrics.Width("0", 10), 9);
    }

    [Fact]
    public void Elided_text_fits() => Check.Property(random =>
    {
        var text = new string([.. Enumerable.Range(0, random.Next(60)).Select(_ => (char)random.Next(32, 400))]);
        var room = random.Next(20, 300);
        Assert.True(TextMetrics.Width(TextMetrics.Elide(text, room, 12), 12) <= room);
    });

    [Fact]
    public void Wrapping_keeps_all_words_while_there_are_lines()
    {
        var lines = TextMetrics.Wrap("one two three four five six seven", 70, 12);
        Assert.Equal("one two three four five six seven", string.Join(' ', lines));
        Assert.All(lines, l => Assert.True(TextMetrics.Width(l, 12) <= 70));
    }

    [Fact]
    public void Past_the_last_line_text_is_elided()
    {
        var lines = TextMetrics.Wrap("one two three four five six seven eight nine ten", 70, 12, maxLines: 2);
        Assert.Equal(2, lines.Count);
        Assert.EndsWith("…", lines[1], StringComparison.Ordinal);
    }
}
